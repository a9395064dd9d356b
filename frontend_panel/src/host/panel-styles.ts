import { css } from "lit";

import { base, buttons } from "../theme/controls";

export const panelStyles = [
  base,
  buttons,
  css`
    :host {
      display: block;
      min-height: 100%;
      background: var(--o-page);
      /* The edges of the screen, as Home Assistant tells them: its sidebar may stand before one of them. */
      --o-safe-top: var(--safe-area-inset-top, 0px);
      --o-safe-bottom: var(--safe-area-inset-bottom, 0px);
      --o-safe-left: var(--safe-area-content-inset-left, var(--safe-area-inset-left, 0px));
      --o-safe-right: var(--safe-area-content-inset-right, var(--safe-area-inset-right, 0px));
    }

    .alone {
      display: grid;
      grid-template-rows: auto 1fr;
      min-height: 100dvh;
    }

    .bar {
      display: flex;
      gap: var(--o-2);
      align-items: center;
      min-height: 56px;
      padding: var(--o-safe-top) var(--o-3) 0;
    }

    .middle {
      display: grid;
      align-content: center;
    }

    .menu {
      margin-left: calc(-1 * var(--o-2));
    }
  `,
];
