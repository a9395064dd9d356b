/** The pages before the first page: one narrow card in the middle, the name of the thing above it. */

import { css } from "lit";

import { base, buttons, fields } from "./controls";

export const door = [
  base,
  buttons,
  fields,
  css`
    :host {
      display: grid;
      align-content: center;
      justify-items: center;
      gap: var(--o-5);
      min-height: 100dvh;
      padding: var(--o-6) var(--o-4);
    }

    main {
      display: grid;
      gap: var(--o-5);
      width: min(420px, 100%);
      padding: var(--o-6);
      border: 1px solid var(--o-line);
      border-radius: var(--o-r-card);
      background: var(--o-card);
    }

    .intro {
      display: grid;
      gap: 6px;
    }

    code {
      white-space: nowrap;
    }

    form > .button {
      min-height: var(--o-touch);
    }

    @media (max-width: 479px) {
      :host {
        align-content: start;
      }

      main {
        padding: var(--o-5) var(--o-4);
      }
    }
  `,
];
