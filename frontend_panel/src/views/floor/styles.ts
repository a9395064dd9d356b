import { css } from "lit";

import { base, buttons } from "../../theme/controls";

export const styles = [
  base,
  buttons,
  css`
    :host {
      display: grid;
      gap: var(--o-4);
      min-width: 0;
    }

    .heading {
      display: flex;
      flex-wrap: wrap;
      gap: 6px 14px;
      align-items: center;
    }

    .summary {
      font-size: var(--o-t-b);
    }

    .live {
      display: inline-flex;
      gap: 7px;
      align-items: center;
      margin-left: auto;
      color: var(--o-text-2);
      font-size: var(--o-t-b);
    }

    .live i {
      width: 9px;
      height: 9px;
      border: 2px solid var(--o-offline);
      border-radius: 50%;
    }

    .live[data-phase="live"] i {
      border-color: var(--o-finished);
      background: var(--o-finished);
    }

    .grid {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(min(300px, 100%), 1fr));
      grid-auto-flow: row dense;
      gap: var(--o-3);
    }

    .grid > li {
      min-width: 0;
    }

    @media (min-width: 760px) {
      .grid > .wide {
        grid-column: span 2;
      }
    }

    odin-printer-card {
      height: 100%;
    }

    .skeleton {
      display: grid;
      align-content: start;
      gap: 14px;
      height: 236px;
      padding: 16px;
      border: 1px solid var(--o-line);
      border-radius: var(--o-r-card);
      background: var(--o-card);
    }

    .skeleton i {
      width: 40%;
      height: 16px;
      border-radius: var(--o-r-pill);
      background: var(--o-track);
    }

    .skeleton i:nth-child(2) {
      width: 80%;
      height: 56px;
      border-radius: var(--o-r-in);
    }

    .skeleton i:nth-child(3) {
      width: 60%;
    }

    .empty {
      --icon-size: 44px;
      display: grid;
      gap: var(--o-2);
      justify-items: center;
      padding: 12vh var(--o-4);
      text-align: center;
    }

    .empty odin-icon {
      color: var(--o-text-2);
    }

    @media (max-width: 699px) {
      .summary {
        order: 5;
        width: 100%;
      }
    }
  `,
];
