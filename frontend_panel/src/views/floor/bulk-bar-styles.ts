import { css } from "lit";

import { base, buttons, fields } from "../../theme/controls";

export const bulkStyles = [
  base,
  buttons,
  fields,
  css`
    :host {
      position: sticky;
      bottom: 12px;
      z-index: 10;
      display: block;
    }

    section {
      display: grid;
      gap: 8px;
      max-width: 860px;
      margin: 0 auto;
      padding: 10px 14px;
      border: 1px solid var(--o-line);
      border-radius: var(--o-r-card);
      background: var(--o-raised);
      box-shadow: var(--o-shadow);
    }

    .row {
      display: flex;
      flex-wrap: wrap;
      gap: 6px 10px;
      align-items: center;
    }

    .actions {
      display: flex;
      flex: 1;
      flex-wrap: wrap;
      gap: 6px;
      justify-content: flex-end;
    }

    .outcome {
      display: grid;
      gap: 4px;
      max-height: 30dvh;
      overflow-y: auto;
      font-size: var(--o-t-b);
    }

    .failed {
      color: var(--o-failed-text);
      font-size: var(--o-t-b);
    }

    @container (max-width: 699px) {
      :host {
        bottom: calc(76px + var(--o-safe-bottom));
      }
    }
  `,
];
