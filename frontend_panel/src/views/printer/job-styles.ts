import { css } from "lit";

import { base, cards } from "../../theme/controls";

export const styles = [
  base,
  cards,
  css`
    :host {
      display: block;
      min-width: 0;
      container-type: inline-size;
    }

    .card {
      display: grid;
      gap: 14px;
    }

    .head {
      display: flex;
      flex-wrap: wrap;
      gap: 12px 18px;
      align-items: center;
    }

    /* The words keep their room: without it the actions take a row of their own. */
    .words {
      flex: 999 1 250px;
      min-width: 0;
    }

    odin-progress-ring {
      width: 88px;
      height: 88px;
      --ring-text: 20px;
      --ring-icon: 34px;
    }

    h2 {
      font-size: 17px;
    }

    .stage {
      font-size: var(--o-t-b);
    }

    .when {
      display: flex;
      flex-wrap: wrap;
      gap: 0 10px;
      align-items: baseline;
      margin-top: 5px;
    }

    .main {
      font-size: 30px;
      font-weight: var(--o-w-b);
      line-height: 1.15;
      letter-spacing: -0.02em;
    }

    :host([old]) .main {
      color: var(--o-text-2);
    }

    .when .sub {
      font-size: var(--o-t-b);
    }

    odin-printer-actions {
      display: var(--actions, flex);
      flex: 1 0 auto;
      justify-content: flex-end;
      max-width: 100%;
    }

    .facts {
      justify-content: space-between;
      padding-top: 12px;
      border-top: 1px solid var(--o-line);
    }

    .facts:not(:has(div)) {
      display: none;
    }

    .note {
      font-size: var(--o-t-b);
    }

    @container (max-width: 600px) {
      .head {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 12px 14px;
      }

      odin-progress-ring {
        width: 72px;
        height: 72px;
        --ring-text: 17px;
        --ring-icon: 28px;
      }

      .main {
        font-size: 26px;
      }

      odin-printer-actions {
        grid-column: 1 / -1;
        justify-content: stretch;
        max-width: none;
      }

      .facts {
        justify-content: flex-start;
      }
    }
  `,
];
