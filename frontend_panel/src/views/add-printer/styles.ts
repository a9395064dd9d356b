import { css } from "lit";

import { base, buttons, fields } from "../../theme/controls";

export const styles = [
  base,
  buttons,
  fields,
  css`
    :host {
      display: grid;
      gap: var(--o-4);
      width: min(1080px, 100%);
      margin: 0 auto;
    }

    .intro {
      display: grid;
      gap: 6px;
      max-width: 72ch;
    }

    .columns {
      display: grid;
      grid-template-columns: minmax(0, 5fr) minmax(0, 6fr);
      gap: var(--o-3);
      align-items: start;
    }

    .card {
      display: grid;
      gap: var(--o-4);
      min-width: 0;
      padding: var(--o-4) var(--o-5) var(--o-5);
      border: 1px solid var(--o-line);
      border-radius: var(--o-r-card);
      background: var(--o-card);
    }

    .title {
      display: flex;
      flex-wrap: wrap;
      gap: var(--o-2);
      align-items: center;
      justify-content: space-between;
    }

    .pair {
      display: grid;
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      gap: var(--o-3);
      align-items: start;
    }

    .actions {
      display: flex;
      flex-wrap: wrap;
      gap: var(--o-2);
    }

    .result {
      display: grid;
      gap: var(--o-3);
    }

    .result:not(:has(*)) {
      display: none;
    }

    @media (max-width: 899px) {
      .columns {
        grid-template-columns: minmax(0, 1fr);
      }
    }

    @media (max-width: 479px) {
      .card {
        padding: var(--o-4);
      }

      .pair {
        grid-template-columns: minmax(0, 1fr);
      }

      .actions .button {
        flex: 1 1 100%;
      }
    }
  `,
];
