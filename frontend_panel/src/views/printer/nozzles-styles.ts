import { css } from "lit";

import { base, buttons, cards } from "../../theme/controls";

export const styles = [
  base,
  buttons,
  cards,
  css`
    .heads {
      display: grid;
      gap: 14px;
    }

    .head {
      display: grid;
      grid-template-columns: minmax(0, 1fr) auto;
      gap: 2px 12px;
      font-size: var(--o-t-b);
    }

    .head .note {
      grid-column: 1 / -1;
    }

    .note {
      color: var(--o-text-2);
      font-size: var(--o-t-s);
    }

    .note.odd {
      color: var(--o-attention-text);
    }

    .hours {
      white-space: nowrap;
    }

    details {
      margin-top: 12px;
      border-top: 1px solid var(--o-line);
    }

    summary {
      display: flex;
      gap: 10px;
      align-items: center;
      min-height: 44px;
      font-size: var(--o-t-b);
      font-weight: var(--o-w-m);
      list-style: none;
      cursor: pointer;
    }

    summary .words {
      display: flex;
      gap: 8px;
    }

    summary .sub {
      font-weight: var(--o-w-n);
    }

    summary .chevron {
      margin-left: auto;
    }

    details[open] .chevron {
      rotate: 180deg;
    }

    .past > li {
      display: grid;
      grid-template-columns: minmax(0, 1fr) auto;
      gap: 0 8px;
      align-items: center;
      min-height: 48px;
      font-size: var(--o-t-b);
    }

    .past > li + li {
      border-top: 1px solid var(--o-line);
    }

    .past small {
      display: block;
      color: var(--o-text-2);
      font-size: var(--o-t-s);
      overflow-wrap: anywhere;
    }

    .past .does {
      display: flex;
      gap: 2px;
    }

    .failed {
      display: flex;
      grid-column: 1 / -1;
      gap: 4px;
      color: var(--o-failed-text);
      font-size: var(--o-t-b);
      font-weight: var(--o-w-m);
      --icon-size: 16px;
    }

    .failed .button {
      flex: none;
      width: 24px;
      min-height: 24px;
      color: inherit;
    }

    odin-skeleton {
      height: 40px;
    }
  `,
];
