import { css } from "lit";

import { base } from "../../theme/controls";

export const slotsStyles = [
  base,
  css`
    :host {
      display: block;
      min-width: 0;
    }

    fieldset {
      min-width: 0;
      margin: 0;
      padding: 0;
      border: 0;
    }

    legend,
    .wanted {
      display: flex;
      gap: 8px;
      align-items: center;
      width: 100%;
      padding: 0 0 6px;
      font-size: var(--o-t-b);
    }

    :is(legend, .wanted) odin-filament-chip {
      flex: none;
      width: 20px;
      height: 20px;
    }

    :is(legend, .wanted) > span {
      min-width: 0;
      overflow-wrap: anywhere;
    }

    .slots {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(132px, 1fr));
      gap: 6px;
    }

    .slot {
      position: relative;
      display: flex;
      gap: 8px;
      align-items: center;
      min-width: 0;
      min-height: 48px;
      padding: 4px 10px;
      border: 1px solid var(--o-line);
      border-radius: var(--o-r-control);
      font-size: var(--o-t-s);
      line-height: 1.25;
      cursor: pointer;
    }

    .slot > span {
      display: grid;
      min-width: 0;
    }

    .slot odin-filament-chip {
      flex: none;
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
      box-shadow: 0 0 0 1px var(--o-accent);
    }

    .slot:has(:checked) b {
      color: var(--o-accent-text);
    }

    .slot:has(:focus-visible) {
      box-shadow: var(--o-focus);
    }

    .slot.never {
      border-style: dashed;
      color: var(--o-text-2);
      cursor: not-allowed;
    }

    .slot.never odin-filament-chip {
      opacity: 0.45;
    }

    .note {
      display: flex;
      gap: 6px;
      align-items: flex-start;
      margin-top: 6px;
      color: var(--o-attention-text);
      font-size: var(--o-t-b);
      --icon-size: 17px;
    }

    @media (forced-colors: active) {
      .slot:has(:checked) {
        outline: 2px solid Highlight;
      }
    }
  `,
];
