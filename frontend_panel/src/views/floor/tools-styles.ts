import { css } from "lit";

import { base, buttons } from "../../theme/controls";

export const toolStyles = [
  base,
  buttons,
  css`
    :host {
      display: block;
      min-width: 0;
    }

    .scroll {
      /* Holds what is hidden for the eye: it would widen the page. */
      position: relative;
      display: flex;
      flex-wrap: wrap;
      gap: 8px 12px;
      align-items: center;
      justify-content: space-between;
    }

    .group {
      display: flex;
      flex-wrap: wrap;
      gap: 6px;
      align-items: center;
    }

    .chip {
      --icon-size: 16px;
      gap: 6px;
      padding: 0 9px;
      border-color: var(--o-line);
      border-radius: var(--o-r-pill);
      background: var(--o-card);
      font-size: var(--o-t-b);
    }

    .chip small {
      color: var(--o-text-2);
      font-size: var(--o-t-s);
      font-weight: var(--o-w-n);
    }

    .chip[data-state="printing"] odin-icon {
      color: var(--o-printing-text);
    }

    .chip[data-state="needs"] odin-icon {
      color: var(--o-attention-text);
    }

    .chip:is([data-state="free"], [data-state="offline"]) odin-icon {
      color: var(--o-text-2);
    }

    .chip[aria-pressed="true"] {
      border-color: var(--o-accent);
      background: var(--o-accent-soft);
      color: var(--o-accent-text);
      font-weight: var(--o-w-b);
    }

    .chip[aria-pressed="true"] small {
      color: inherit;
    }

    .plain[aria-pressed="true"] {
      background: var(--o-accent-soft);
      color: var(--o-accent-text);
    }

    @media (forced-colors: active) {
      [aria-pressed="true"] {
        outline: 2px solid Highlight;
        outline-offset: -2px;
      }
    }

    /* Sideways inside itself, so that the cards stay in reach. */
    @container (max-width: 899px) {
      .scroll {
        flex-wrap: nowrap;
        justify-content: flex-start;
        margin: -4px calc(-1 * var(--edge, 12px));
        padding: 4px var(--edge, 12px);
        overflow-x: auto;
        scrollbar-width: none;
      }

      .group {
        flex: none;
        flex-wrap: nowrap;
      }
    }
  `,
];
