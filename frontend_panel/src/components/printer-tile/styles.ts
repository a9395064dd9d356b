import { css } from "lit";

import { base } from "../../theme/controls";
import { partStyles } from "./part-styles";

/** The card with a picture: M, L and XL, and the rows they become on phones. */
export const tileStyles = [
  base,
  partStyles,
  css`
    :host {
      display: block;
      min-width: 0;
    }

    article {
      position: relative;
      display: flex;
      flex-direction: column;
      height: 100%;
      overflow: hidden;
      border: 1px solid var(--o-line);
      border-radius: var(--o-r-card);
      background: var(--o-card);
      transition: border-color var(--o-fast);
    }

    article:hover {
      border-color: var(--o-line-strong);
    }

    :host([needs-you]) article {
      border-color: color-mix(in srgb, var(--o-attention) 55%, transparent);
    }

    :host([old]) article {
      border-style: dashed;
      border-color: var(--o-line-strong);
    }

    article:has(h2 a:focus-visible) {
      box-shadow: var(--o-focus);
    }

    h2 a:focus-visible {
      box-shadow: none;
    }

    .picture {
      position: relative;
      flex: 0 0 134px;
      min-height: 134px;
    }

    .over {
      position: absolute;
      inset: 8px 8px auto;
      display: flex;
      gap: 8px;
      align-items: center;
      justify-content: space-between;
      min-width: 0;
    }

    .body {
      display: flex;
      flex: 1;
      flex-direction: column;
      gap: 9px;
      min-width: 0;
      padding: 12px 14px 13px;
    }

    /* The whole card leads to the printer; what can be pressed lies above. */
    h2 a::after {
      content: "";
      position: absolute;
      inset: 0;
    }

    :host([size="M"]) .fault span {
      -webkit-line-clamp: 2;
    }

    :host([size="M"]) .fault code {
      display: none;
    }

    .actions {
      position: relative;
      z-index: 1;
      display: flex;
      flex-wrap: wrap;
      gap: 8px;
      align-items: flex-start;
      margin-top: auto;
      pointer-events: none;
    }

    .actions ::slotted(*) {
      pointer-events: auto;
    }

    slot[name="choice"]::slotted(*),
    .over slot::slotted(*) {
      position: relative;
      z-index: 1;
    }

    @container (min-width: 700px) {
      :host(:is([size="L"], [size="XL"])) article {
        display: grid;
        grid-template-columns: minmax(0, 47%) minmax(0, 1fr);
        grid-template-rows: minmax(302px, 1fr);
      }

      :host([size="XL"]) article {
        grid-template-rows: minmax(340px, 1fr) auto;
      }

      :host(:is([size="L"], [size="XL"])) .body {
        gap: 11px;
        padding: 16px 16px 14px 18px;
      }

      :host(:is([size="L"], [size="XL"])) odin-progress-ring {
        --ring-text: 17px;
        --ring-icon: 28px;
        width: 66px;
        height: 66px;
      }

      :host(:is([size="L"], [size="XL"])) h2 {
        font-size: 17px;
      }

      :host(:is([size="L"], [size="XL"])) .time {
        flex-wrap: wrap;
      }

      :host(:is([size="L"], [size="XL"])) .time b {
        font-size: 26px;
      }

      .chart {
        position: relative;
        z-index: 1;
        grid-column: 1 / -1;
        min-width: 0;
        border-top: 1px solid var(--o-line);
      }
    }

    @container (max-width: 699px) {
      :host(:is([size="L"], [size="XL"])) .picture {
        flex: none;
        height: 190px;
      }

      .chart {
        position: relative;
        z-index: 1;
        border-top: 1px solid var(--o-line);
      }

      /* An ordinary card is a row: picture at the left. */
      :host([size="M"]) article {
        display: grid;
        grid-template-columns: 104px minmax(0, 1fr);
      }

      :host([size="M"]) .picture {
        min-height: 0;
      }

      :host([size="M"]) .body {
        gap: 7px;
        padding: 11px 12px;
      }

      :host([size="M"]) .id {
        flex-direction: row-reverse;
      }

      :host([size="M"]) .names {
        order: 1;
      }

      :host([size="M"]) slot[name="corner"] {
        display: none;
      }
    }
  `,
];
