import { css } from "lit";

import { base, buttons, cards } from "../../theme/controls";

export const styles = [
  base,
  buttons,
  cards,
  css`
    :host {
      display: block;
      min-width: 0;
    }

    .hint {
      font-size: var(--o-t-b);
    }

    .failed {
      color: var(--o-failed-text);
      font-size: var(--o-t-b);
    }

    .files li {
      display: flex;
      gap: 8px;
      align-items: center;
      min-height: 54px;
      border-top: 1px solid var(--o-line);
    }

    .files li:first-child {
      border-top: 0;
    }

    .name {
      display: grid;
      flex: 1;
      min-width: 0;
      font-size: var(--o-t-b);
    }

    .option {
      display: flex;
      gap: 12px;
      align-items: center;
      justify-content: space-between;
      min-height: 50px;
      border-top: 1px solid var(--o-line);
    }

    .option:first-child {
      border-top: 0;
    }

    fieldset {
      min-width: 0;
      margin: 0;
      padding: 8px 0;
      border: 0;
    }

    legend {
      padding: 0 0 6px;
      font-size: var(--o-t-b);
      font-weight: var(--o-w-b);
    }

    .slots {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(118px, 1fr));
      gap: 6px;
    }

    .slot {
      position: relative;
      display: flex;
      gap: 8px;
      align-items: center;
      min-height: var(--o-touch);
      padding: 4px 10px;
      border: 1px solid var(--o-line);
      border-radius: var(--o-r-control);
      font-size: var(--o-t-s);
      cursor: pointer;
    }

    .slot input {
      position: absolute;
      inset: 0;
      width: 100%;
      height: 100%;
      margin: 0;
      opacity: 0;
      cursor: inherit;
    }

    .slot:has(:checked) {
      border-color: var(--o-accent);
      background: var(--o-accent-soft);
      font-weight: var(--o-w-b);
    }

    .slot:has(:focus-visible) {
      box-shadow: var(--o-focus);
    }

    .slot.empty {
      opacity: 0.55;
      cursor: default;
    }
  `,
];
