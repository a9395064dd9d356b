import { css } from "lit";

import { base, buttons } from "../../theme/controls";

export const appStyles = [
  base,
  buttons,
  css`
    :host {
      display: block;
      min-height: 100dvh;
      background: var(--o-page);
    }

    .broken {
      border-radius: 0;
    }

    .alone {
      display: grid;
      align-content: center;
      justify-content: center;
      justify-items: center;
      gap: var(--o-5);
      min-height: 100dvh;
      padding: var(--o-4);
    }
  `,
];

export const frameStyles = [
  base,
  buttons,
  css`
    :host {
      display: grid;
      grid-template-columns: 204px minmax(0, 1fr);
      min-height: 100dvh;
    }

    .column {
      min-width: 0;
    }

    main {
      display: grid;
      align-content: start;
      padding: var(--o-5) max(var(--o-6), env(safe-area-inset-right)) var(--o-8) var(--o-6);
    }

    main > * {
      min-width: 0;
    }

    ::slotted(odin-banner) {
      margin-bottom: var(--o-3);
    }

    main:focus-visible {
      box-shadow: none;
    }

    .button.skip {
      position: fixed;
      top: -100px;
      left: var(--o-4);
      z-index: 20;
    }

    .button.skip:focus {
      top: 8px;
    }

    @media (max-width: 1199px) {
      :host {
        grid-template-columns: 72px minmax(0, 1fr);
      }
    }

    @media (max-width: 699px) {
      :host {
        display: block;
      }

      main {
        padding: var(--o-4) 12px calc(88px + env(safe-area-inset-bottom));
      }
    }
  `,
];
