import { css } from "lit";

import { base, buttons, cards } from "../../theme/controls";

export const styles = [
  base,
  buttons,
  cards,
  css`
    :host {
      display: grid;
      gap: var(--o-4);
      align-content: start;
      max-width: 980px;
    }

    :host > * {
      min-width: 0;
    }

    .tools {
      display: flex;
      flex-wrap: wrap;
      gap: 8px;
      align-items: center;
      justify-content: space-between;
    }

    .card {
      padding-bottom: 4px;
    }

    .card h2 {
      font-size: var(--o-t-b);
      color: var(--o-text-2);
    }

    .card[aria-busy] {
      padding-bottom: var(--o-4);
    }

    li + li {
      border-top: 1px solid var(--o-line);
    }

    .more {
      justify-self: center;
    }
  `,
];
