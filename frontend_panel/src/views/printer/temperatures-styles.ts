import { css } from "lit";

import { base, cards, tables } from "../../theme/controls";
import { lineColors } from "./lines";

export const styles = [
  base,
  cards,
  tables,
  lineColors,
  css`
    :host {
      display: block;
      min-width: 0;
    }

    .legend {
      display: flex;
      flex-wrap: wrap;
      gap: 4px 16px;
      align-items: center;
      min-height: 22px;
      color: var(--o-text-2);
      font-size: var(--o-t-s);
    }

    .legend li {
      display: flex;
      gap: 6px;
      align-items: center;
    }

    .legend b {
      min-width: 2.6em;
      color: var(--o-text);
    }

    .legend svg {
      width: 26px;
      height: 4px;
      fill: none;
    }

    .legend .at {
      margin-left: auto;
    }

    .chart {
      position: relative;
      display: block;
      height: 220px;
      margin-top: 8px;
    }

    .nothing {
      position: absolute;
      inset: 0 0 26px 42px;
      display: grid;
      place-items: center;
      font-size: var(--o-t-b);
      text-align: center;
      pointer-events: none;
    }

    details {
      margin-top: 6px;
    }

    summary {
      width: fit-content;
      min-height: 32px;
      padding: 6px 0;
      color: var(--o-accent-text);
      font-size: var(--o-t-b);
      cursor: pointer;
    }

    .table {
      max-height: 320px;
      overflow: auto;
    }

    :host([old]) .legend b {
      color: var(--o-text-2);
    }

    @container (max-width: 699px) {
      odin-segmented.end {
        margin-left: 0;
      }
    }
  `,
];
