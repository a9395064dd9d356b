import { css } from "lit";

import { base, buttons, cards } from "../../theme/controls";

export const styles = [
  base,
  buttons,
  cards,
  css`
    .both {
      display: grid;
      grid-template-columns: minmax(0, 1fr) minmax(0, 1.3fr);
      gap: 14px;
      align-items: start;
    }

    .list {
      display: grid;
      max-height: 300px;
      overflow-y: auto;
    }

    label {
      display: flex;
      gap: 10px;
      align-items: center;
      min-height: 34px;
      padding: 2px 4px;
      border-radius: var(--o-r-control);
      font-size: var(--o-t-b);
      cursor: pointer;
    }

    label:hover {
      background: var(--o-hover);
    }

    label.skipped,
    label.locked {
      cursor: default;
    }

    label.skipped .name {
      color: var(--o-text-2);
      text-decoration: line-through;
    }

    input {
      flex: none;
      width: 18px;
      height: 18px;
      margin: 0;
      accent-color: var(--o-danger-fill);
    }

    .number {
      flex: none;
      min-width: 18px;
      color: var(--o-text-2);
      text-align: right;
    }

    .end {
      display: grid;
      gap: 6px;
      margin-top: 10px;
    }

    .end.start {
      justify-items: start;
    }

    .why {
      color: var(--o-text-2);
      font-size: var(--o-t-b);
    }

    odin-skeleton {
      height: 130px;
    }

    @media (pointer: coarse), (max-width: 699px) {
      label {
        min-height: var(--o-touch);
      }
    }

    @media (max-width: 420px) {
      .both {
        grid-template-columns: minmax(0, 1fr);
      }
    }
  `,
];
