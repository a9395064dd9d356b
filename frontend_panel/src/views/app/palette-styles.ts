import { css } from "lit";

import { base, buttons } from "../../theme/controls";

export const paletteStyles = [
  base,
  buttons,
  css`
    dialog {
      width: min(620px, calc(100vw - 32px));
      max-height: min(70dvh, 560px);
      margin: 10vh auto auto;
      padding: 0;
      overflow: hidden;
      border: 1px solid var(--o-line);
      border-radius: var(--o-r-card);
      background: var(--o-raised);
      box-shadow: var(--o-shadow);
      color: var(--o-text);
    }

    dialog[open] {
      display: flex;
      flex-direction: column;
    }

    dialog::backdrop {
      background: var(--o-scrim);
    }

    .field {
      display: flex;
      flex: none;
      gap: 10px;
      align-items: center;
      padding: 0 8px 0 16px;
      border-bottom: 1px solid var(--o-line);
    }

    .field > odin-icon {
      color: var(--o-text-2);
    }

    input {
      flex: 1;
      min-width: 0;
      height: 54px;
      padding: 0;
      border: 0;
      background: none;
      color: inherit;
      font: 16px var(--o-font);
    }

    /* The list shows where the focus is. */
    input:focus-visible {
      box-shadow: none;
    }

    .list {
      padding: 6px;
      overflow: auto;
      overscroll-behavior: contain;
    }

    .list:empty {
      padding: 0;
    }

    .entry {
      display: flex;
      gap: 10px;
      align-items: center;
      min-height: var(--o-touch);
      padding: 0 10px;
      border-radius: var(--o-r-control);
      cursor: pointer;
    }

    .entry[aria-selected="true"] {
      background: var(--o-accent-soft);
    }

    .entry odin-icon {
      color: var(--o-text-2);
    }

    .label {
      flex: none;
      max-width: 60%;
      font-weight: var(--o-w-m);
    }

    .detail {
      flex: 1;
      color: var(--o-text-2);
      font-size: var(--o-t-b);
    }

    .group {
      color: var(--o-text-2);
      font-size: var(--o-t-s);
    }

    .none:not(:empty) {
      padding: 24px 16px;
      color: var(--o-text-2);
      text-align: center;
    }

    @media (max-width: 699px) {
      dialog {
        width: 100vw;
        max-width: none;
        height: 100dvh;
        max-height: none;
        margin: 0;
        border: 0;
        border-radius: 0;
      }
    }

    @media (forced-colors: active) {
      .entry[aria-selected="true"] {
        outline: 2px solid Highlight;
      }
    }
  `,
];
