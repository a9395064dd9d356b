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
    }

    .intro {
      display: grid;
      gap: 6px;
      max-width: 72ch;
    }

    .columns {
      display: grid;
      grid-template-columns: minmax(0, 5fr) minmax(0, 7fr);
      gap: var(--o-3);
      align-items: start;
    }

    .one {
      display: grid;
      max-width: 680px;
    }

    .by-hand {
      justify-self: start;
    }

    summary {
      min-height: var(--o-touch);
      padding: 10px 0;
      color: var(--o-text-2);
      font-size: var(--o-t-b);
      cursor: pointer;
    }

    details > div {
      display: grid;
      gap: var(--o-4);
    }

    .certificate {
      display: flex;
      gap: 10px;
      padding: 12px;
      border: 1px solid var(--o-line);
      border-radius: var(--o-r-in);
    }

    .certificate > odin-icon {
      flex: none;
      color: var(--o-text-2);
    }

    .certificate > div {
      display: grid;
      gap: 8px;
      min-width: 0;
    }

    .certificate dt {
      color: var(--o-text-2);
      font-size: var(--o-t-s);
    }

    .certificate dd {
      font: var(--o-t-b) / 1.5 var(--o-mono);
      overflow-wrap: anywhere;
    }

    .certificate dl {
      display: grid;
      gap: 8px;
    }

    h3 {
      font-size: 15px;
      font-weight: var(--o-w-b);
    }

    .card:focus-visible {
      border-radius: var(--o-r-card);
      box-shadow: none;
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

    @container (max-width: 899px) {
      .columns {
        grid-template-columns: minmax(0, 1fr);
      }
    }

    @container (max-width: 479px) {
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
