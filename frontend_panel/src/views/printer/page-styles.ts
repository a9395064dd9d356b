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
      width: 100%;
      max-width: 1760px;
      min-width: 0;
      margin: 0 auto;
    }

    .bar {
      display: flex;
      flex-wrap: wrap;
      gap: 6px 12px;
      align-items: center;
      min-width: 0;
    }

    .model {
      color: var(--o-text-2);
      font-size: var(--o-t-b);
      font-weight: var(--o-w-m);
    }

    .tags {
      display: flex;
      flex-wrap: wrap;
      gap: 6px;
    }

    .tags li {
      padding: 2px 9px;
      border-radius: var(--o-r-pill);
      background: var(--o-button);
      color: var(--o-text-2);
      font-size: var(--o-t-s);
      font-weight: var(--o-w-m);
    }

    .end {
      display: flex;
      gap: 4px;
      align-items: center;
      min-width: 0;
      margin-left: auto;
    }

    odin-stop-one {
      min-width: 0;
    }

    .columns {
      display: grid;
      grid-template-columns: minmax(0, 1.56fr) minmax(360px, 1fr);
      gap: var(--o-3);
      align-items: start;
    }

    .column {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: var(--o-3);
      min-width: 0;
    }

    .column > * {
      display: block;
      min-width: 0;
    }

    /* What has not come yet leaves no gap. */
    .column > :not(:defined) {
      display: none;
    }

    #objects:focus-visible {
      border-radius: var(--o-r-card);
    }

    .tall {
      height: 380px;
    }

    .low {
      height: 140px;
    }

    .phone-bar {
      display: none;
    }

    /* A wide screen is not filled by a larger camera but by showing more at once. */
    @container (min-width: 1900px) {
      :host {
        max-width: 2400px;
      }

      .columns {
        grid-template-columns: minmax(0, 1fr) minmax(0, 1.05fr);
      }

      .columns > .column:last-child {
        display: block;
        columns: 2;
        column-gap: var(--o-3);
      }

      .columns > .column:last-child > * {
        margin-bottom: var(--o-3);
        break-inside: avoid;
      }
    }

    @container (max-width: 1080px) {
      .columns {
        display: flex;
        flex-direction: column;
        align-items: stretch;
      }

      .columns > .column {
        display: contents;
      }

      .column > * {
        order: 4;
      }

      .column > .first {
        order: 0;
      }

      .column > .second {
        order: 1;
      }

      .column > .third {
        order: 2;
      }

      .column > .late {
        order: 5;
      }

      .column > .last {
        order: 6;
      }
    }

    @container (max-width: 699px) {
      .phone-bar {
        position: sticky;
        bottom: calc(58px + var(--o-safe-bottom));
        z-index: 5;
        display: block;
        margin: 0 -12px;
        padding: 8px 12px;
        border-top: 1px solid var(--o-line);
        background: var(--o-page);
      }

      odin-printer-job {
        --actions: none;
      }
    }
  `,
];
