import { css } from "lit";

import { base } from "../../theme/controls";
import { pictureStyles } from "./printer-picture";

export const cellStyles = [
  base,
  pictureStyles,
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

    odin-printer-tile {
      height: 100%;
    }

    :host([chosen]) {
      border-radius: var(--o-r-card);
      box-shadow: 0 0 0 2px var(--o-accent);
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
