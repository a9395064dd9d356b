import { css } from "lit";

import { base } from "../../theme/controls";

export const cellStyles = [
  base,
  css`
    :host {
      display: block;
      min-width: 0;
      /* What is far out of view is neither laid out nor painted. */
      content-visibility: auto;
      contain-intrinsic-size: auto 300px;
    }

    :host([size="S"]) {
      contain-intrinsic-size: auto 57px;
    }

    odin-printer-card {
      height: 100%;
    }

    :host([chosen]) {
      border-radius: var(--o-r-card);
      box-shadow: 0 0 0 2px var(--o-accent);
    }

    odin-picture {
      --ratio: auto;
      position: absolute;
      inset: 0;
    }

    odin-picture.model {
      background: var(--o-sunken);
    }

    .corner {
      display: inline-flex;
      gap: 6px;
      align-items: center;
      min-height: 24px;
      padding: 0 8px;
      border-radius: var(--o-r-pill);
      background: rgba(14, 18, 22, 0.78);
      color: #fff;
      font-size: var(--o-t-s);
      white-space: nowrap;
    }

    .corner i {
      width: 8px;
      height: 8px;
      border-radius: 50%;
      background: #ff6b57;
    }

    .choice {
      display: grid;
      flex: none;
      place-items: center;
      width: 32px;
      height: var(--o-touch);
      cursor: pointer;
    }

    .choice input {
      width: 20px;
      height: 20px;
      margin: 0;
      accent-color: var(--o-accent);
    }

    .choice input:focus-visible {
      border-radius: 4px;
    }

    odin-printer-temperatures {
      display: block;
    }
  `,
];
