import { css } from "lit";

/** How the parts of a tile look wherever they stand; the host says with `old` that their values are long past. */
export const partStyles = css`
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

  .fault code {
    color: color-mix(in srgb, var(--o-text) 80%, var(--o-card));
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

  :host([old]) :is(.heats, .heat b, .time b, .job) {
    color: var(--o-text-2);
  }

  :host([old]) .heat.on odin-icon {
    color: var(--o-text-2);
  }

  :host([old]) :is(odin-filament-units, odin-state-pill, .faults) {
    filter: saturate(0.35);
  }
`;
