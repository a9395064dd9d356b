import { css } from "lit";

import { base } from "../../theme/controls";

export const actionStyles = [
  base,
  css`
    :host {
      display: flex;
      flex: 1 1 auto;
      flex-wrap: wrap;
      gap: 8px;
      align-items: flex-start;
      min-width: 0;
    }

    /* The one thing the card is about. */
    .cleared {
      --o-button: var(--o-finished-fill, #067a5a);
      --o-text: #fff;
      flex: 1 1 auto;
      min-height: 48px;
    }

    :host([size="S"]) .cleared,
    :host([size="M"]) .cleared {
      min-height: 40px;
    }

    :host([size="S"]) {
      flex: none;
    }
  `,
];
