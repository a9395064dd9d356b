import { css } from "lit";

import { base, buttons } from "../../theme/controls";

export const styles = [
  base,
  buttons,
  css`
    :host {
      display: block;
      min-height: 100dvh;
      background: var(--o-page);
    }

    header {
      position: sticky;
      top: 0;
      z-index: 10;
      display: flex;
      gap: var(--o-2);
      align-items: center;
      min-height: 60px;
      padding: 8px max(var(--o-6), env(safe-area-inset-right)) 8px max(var(--o-6), env(safe-area-inset-left));
      border-bottom: 1px solid var(--o-line);
      background: var(--o-page);
    }

    .home {
      padding: 4px 8px 4px 0;
      color: inherit;
      text-decoration: none;
    }

    .space {
      flex: 1;
    }

    main:not(.alone) {
      display: grid;
      align-content: start;
      gap: var(--o-4);
      padding: var(--o-5) max(var(--o-6), env(safe-area-inset-right)) var(--o-8)
        max(var(--o-6), env(safe-area-inset-left));
    }

    main:focus-visible {
      box-shadow: none;
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

    .button.skip {
      position: absolute;
      top: -100px;
      left: var(--o-4);
      z-index: 11;
    }

    .button.skip:focus {
      top: 8px;
    }

    @media (max-width: 699px) {
      header {
        padding: 6px 12px;
      }

      main:not(.alone) {
        padding: var(--o-4) 12px var(--o-8);
      }
    }
  `,
];
