import { css } from "lit";

import { base } from "../../theme/controls";

/** The card with a picture: M, L and XL, and the rows they become on phones. */
export const cardStyles = [
  base,
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

    .id {
      display: flex;
      gap: 12px;
      align-items: center;
      min-width: 0;
    }

    .names {
      flex: 1;
      min-width: 0;
    }

    h2 {
      font-size: 15px;
    }

    h2 a {
      color: inherit;
      text-decoration: none;
    }

    /* The whole card leads to the printer; what can be pressed lies above. */
    h2 a::after {
      content: "";
      position: absolute;
      inset: 0;
    }

    h2 small {
      margin-left: 3px;
      color: var(--o-text-2);
      font-size: var(--o-t-s);
      font-weight: var(--o-w-n);
    }

    .job {
      font-size: var(--o-t-b);
    }

    .tag {
      --icon-size: 14px;
      position: relative;
      display: inline-flex;
      gap: 4px;
      align-items: center;
      color: var(--o-text-2);
      font-size: var(--o-t-s);
      white-space: nowrap;
    }

    .link {
      color: var(--o-text-2);
      font-size: var(--o-t-b);
      line-height: 1.35;
    }

    .time {
      display: flex;
      gap: 8px;
      align-items: baseline;
      min-width: 0;
      min-height: 26px;
    }

    .time b,
    .away {
      flex: none;
      font-size: var(--o-t-xl);
      font-weight: var(--o-w-b);
      letter-spacing: -0.015em;
      line-height: 1.25;
    }

    .away {
      color: var(--o-text-2);
      font-weight: var(--o-w-n);
    }

    .time .sub {
      font-size: var(--o-t-s);
    }

    .layer {
      position: relative;
      margin-left: auto;
      color: var(--o-text-2);
      font-size: var(--o-t-s);
      white-space: nowrap;
    }

    .hint {
      font-size: var(--o-t-b);
    }

    .faults {
      display: grid;
      gap: 6px;
      font-size: var(--o-t-b);
    }

    .fault {
      --hue: var(--o-idle);
      --ink: var(--o-idle-text);
      --icon-size: 18px;
      display: flex;
      gap: 8px;
      padding: 8px 10px;
      border-radius: var(--o-r-in);
      background: color-mix(in srgb, var(--hue) var(--o-tint), var(--o-card));
      line-height: 1.35;
      overflow-wrap: anywhere;
    }

    .fault[data-severity="common"] {
      --hue: var(--o-attention);
      --ink: var(--o-attention-text);
    }

    .fault[data-severity="serious"],
    .fault[data-severity="fatal"] {
      --hue: var(--o-failed);
      --ink: var(--o-failed-text);
    }

    .fault odin-icon {
      color: var(--ink);
    }

    .fault span {
      display: -webkit-box;
      overflow: hidden;
      -webkit-box-orient: vertical;
      -webkit-line-clamp: 3;
    }

    :host([size="M"]) .fault span {
      -webkit-line-clamp: 2;
    }

    :host([size="M"]) .fault code {
      display: none;
    }

    .fault code {
      color: var(--o-text-2);
      font: 11px var(--o-mono);
      white-space: nowrap;
    }

    .heats {
      display: flex;
      flex-wrap: wrap;
      gap: 4px 12px;
      min-height: 20px;
      font-size: var(--o-t-b);
    }

    .heat {
      --icon-size: 16px;
      display: inline-flex;
      gap: 4px;
      align-items: center;
    }

    .heat odin-icon {
      color: var(--o-text-2);
    }

    .heat.on odin-icon {
      color: var(--o-heat);
    }

    .heat b {
      font-weight: var(--o-w-m);
    }

    .filament {
      display: flex;
      flex-wrap: wrap;
      gap: 0 10px;
      align-items: center;
      min-width: 0;
    }

    .feeding {
      flex: 1 1 80px;
      min-width: 0;
      padding-bottom: 9px;
      font-size: var(--o-t-s);
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

    :host([old]) :is(.heats, .heat b, .time b, .job) {
      color: var(--o-text-2);
    }

    :host([old]) .heat.on odin-icon {
      color: var(--o-text-2);
    }

    :host([old]) :is(odin-filament-units, odin-state-pill, .faults) {
      filter: saturate(0.35);
    }

    @media (min-width: 700px) {
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

    @media (max-width: 699px) {
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
