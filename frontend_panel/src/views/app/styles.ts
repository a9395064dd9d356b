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
      display: block;
    }

    /* What is drawn how depends on the room the panel has, not on the window: a host's own sidebar may stand beside it. */
    .room {
      container-type: inline-size;
    }

    .layout {
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
      padding: var(--o-5) max(var(--o-6), var(--o-safe-right)) var(--o-8) var(--o-6);
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
      z-index: 20;
      margin-left: var(--o-4);
    }

    .button.skip:focus {
      top: 8px;
    }

    @container (max-width: 1199px) {
      .layout {
        grid-template-columns: 72px minmax(0, 1fr);
      }
    }

    @container (max-width: 699px) {
      .layout {
        display: flex;
        flex-direction: column;
      }

      .column {
        flex: 1 0 auto;
      }

      /* At the bottom it sticks rather than being fixed there: fixed would be to the window, beside whose edge a host's
         sidebar may stand. */
      odin-navigation {
        position: sticky;
        bottom: 0;
        z-index: 12;
        order: 1;
      }

      main {
        padding: var(--o-4) 12px 30px;
      }
    }
  `,
];
