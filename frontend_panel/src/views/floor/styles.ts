import { css } from "lit";

import { base, buttons } from "../../theme/controls";

export const styles = [
  base,
  buttons,
  css`
    :host {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: var(--o-3);
      align-content: start;
      min-width: 0;
    }

    .grid {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(min(262px, 100%), 1fr));
      grid-auto-flow: row dense;
      gap: var(--o-3);
    }

    .grid > li {
      min-width: 0;
    }

    .grid[data-size="S"] {
      grid-template-columns: minmax(0, 1fr);
      gap: 0;
      overflow: hidden;
      border: 1px solid var(--o-line);
      border-radius: var(--o-r-card);
      background: var(--o-card);
    }

    .grid[data-size="S"] > li + li {
      border-top: 1px solid var(--o-line);
    }

    .grid[data-size="XL"] {
      grid-template-columns: repeat(auto-fill, minmax(min(640px, 100%), 1fr));
    }

    @container (min-width: 700px) {
      .grid:not([data-size="XL"]) > .L {
        grid-column: span 2;
      }
    }

    odin-floor-cell {
      height: 100%;
    }

    .skeleton {
      display: grid;
      align-content: start;
      gap: 14px;
      height: 290px;
      padding: 0 14px;
      overflow: hidden;
      border: 1px solid var(--o-line);
      border-radius: var(--o-r-card);
      background: var(--o-card);
    }

    .skeleton i {
      width: 60%;
      height: 14px;
      border-radius: var(--o-r-pill);
      background: var(--o-track);
    }

    .skeleton i:first-child {
      width: calc(100% + 28px);
      height: 134px;
      margin-left: -14px;
      border-radius: 0;
    }

    .skeleton i:nth-child(2) {
      width: 80%;
      height: 44px;
      border-radius: var(--o-r-in);
    }
  `,
];
