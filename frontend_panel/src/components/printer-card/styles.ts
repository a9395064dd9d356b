import { css } from "lit";

import { base } from "../../theme/controls";

export const styles = [
  base,
  css`
    :host {
      display: block;
      min-width: 0;
    }

    article {
      display: flex;
      flex-direction: column;
      gap: 10px;
      height: 100%;
      padding: 12px 14px 10px;
      border: 1px solid var(--o-line);
      border-radius: var(--o-r-card);
      background: var(--o-card);
    }

    :host([old]) article {
      border-style: dashed;
      border-color: var(--o-line-strong);
    }

    :host([needs-you]) article {
      border-color: color-mix(in srgb, var(--o-attention) 60%, transparent);
    }

    @media (min-width: 760px) {
      :host([wide]) article {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
        grid-template-rows: auto auto auto 1fr auto;
        gap: 10px var(--o-5);
      }

      :host([wide]) article > * {
        grid-column: 1;
      }

      :host([wide]) .faults {
        grid-row: 1 / -1;
        grid-column: 2;
        align-content: start;
      }

      :host([wide]) .foot {
        grid-row: -2;
      }
    }

    .top {
      display: flex;
      gap: var(--o-2);
      align-items: center;
      justify-content: space-between;
      min-width: 0;
    }

    .tag {
      --icon-size: 14px;
      display: inline-flex;
      gap: 4px;
      align-items: center;
      color: var(--o-text-2);
      font-size: var(--o-t-s);
      white-space: nowrap;
    }

    .id {
      display: flex;
      gap: 12px;
      align-items: center;
    }

    .names {
      flex: 1;
      min-width: 0;
    }

    .name {
      font-size: 15px;
    }

    .model {
      font-size: var(--o-t-s);
    }

    .job {
      font-size: var(--o-t-b);
    }

    .link {
      color: var(--o-text-2);
      font-size: var(--o-t-b);
    }

    .link b {
      color: var(--o-text);
      font-weight: var(--o-w-m);
    }

    .time {
      display: flex;
      align-content: start;
      gap: 2px 8px;
      align-items: baseline;
      flex-wrap: wrap;
    }

    .time b {
      font-size: var(--o-t-xl);
      font-weight: var(--o-w-b);
      letter-spacing: -0.015em;
      line-height: 1.1;
    }

    .layer {
      margin-left: auto;
      color: var(--o-text-2);
      font-size: var(--o-t-s);
      white-space: nowrap;
    }

    .stage {
      margin-top: -6px;
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

    .fault code {
      color: var(--o-text-2);
      font: 11px var(--o-mono);
      white-space: nowrap;
    }

    .foot {
      display: grid;
      gap: 10px;
      margin-top: auto;
    }

    .heats {
      display: flex;
      flex-wrap: wrap;
      gap: 4px 14px;
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

    .feeding {
      margin-top: -6px;
      font-size: var(--o-t-s);
    }

    :host([old]) .heats,
    :host([old]) .time,
    :host([old]) .job,
    :host([old]) .heat b {
      color: var(--o-text-2);
    }

    :host([old]) .heat.on odin-icon {
      color: var(--o-text-2);
    }

    :host([old]) odin-filament-units {
      filter: saturate(0.35);
    }
  `,
];
