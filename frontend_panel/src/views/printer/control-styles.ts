import { css } from "lit";

import { base, buttons } from "../../theme/controls";

/** A row of a control: icon, name, what is measured, what it is set with. */
export const styles = [
  base,
  buttons,
  css`
    :host {
      display: block;
      min-width: 0;
    }

    h3 {
      margin: 14px 0 2px;
      color: var(--o-text-2);
      font-size: var(--o-t-s);
      font-weight: var(--o-w-m);
    }

    .rows > li {
      display: grid;
      grid-template-columns: 22px minmax(0, 1fr) auto auto;
      gap: 0 10px;
      align-items: center;
      min-height: 50px;
      font-size: var(--o-t-b);
    }

    .rows > li + li {
      border-top: 1px solid var(--o-line);
    }

    .rows odin-icon {
      color: var(--o-text-2);
    }

    .rows small {
      color: var(--o-text-2);
      font-size: var(--o-t-s);
    }

    .value {
      min-width: 42px;
      font-size: 15px;
      font-weight: var(--o-w-b);
      text-align: right;
    }

    :host([old]) .value {
      color: var(--o-text-2);
    }

    .failed {
      grid-column: 2 / -1;
      display: flex;
      gap: 4px;
      align-items: flex-start;
      padding-bottom: 8px;
      color: var(--o-failed-text);
      font-weight: var(--o-w-m);
      overflow-wrap: anywhere;
      --icon-size: 16px;
    }

    .failed .button {
      flex: none;
      width: 24px;
      min-height: 24px;
      color: inherit;
    }

    .failed odin-icon {
      color: inherit;
    }

    odin-slider {
      width: clamp(150px, 22vw, 210px);
    }

    odin-segmented.wide {
      display: block;
      margin: 4px 0;
    }

    .line {
      display: flex;
      flex-wrap: wrap;
      gap: 8px;
      align-items: flex-start;
      padding: 6px 0;
    }

    .hint {
      color: var(--o-text-2);
      font-size: var(--o-t-b);
    }

    details {
      border-top: 1px solid var(--o-line);
    }

    summary {
      display: flex;
      gap: 10px;
      align-items: center;
      min-height: 48px;
      font-size: var(--o-t-b);
      font-weight: var(--o-w-m);
      list-style: none;
      cursor: pointer;
    }

    summary::-webkit-details-marker {
      display: none;
    }

    summary odin-icon {
      color: var(--o-text-2);
    }

    summary .words {
      display: flex;
      flex: 1;
      flex-wrap: wrap;
      gap: 0 10px;
      min-width: 0;
      padding: 6px 0;
    }

    summary .sub {
      font-weight: var(--o-w-n);
    }

    summary .chevron {
      transition: rotate var(--o-fast);
    }

    details[open] > summary .chevron {
      rotate: 180deg;
    }

    details > .inside {
      padding-bottom: 12px;
    }
  `,
];
