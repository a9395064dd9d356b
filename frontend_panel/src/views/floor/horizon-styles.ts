import { css } from "lit";

import { base } from "../../theme/controls";

export const horizonStyles = [
  base,
  css`
    :host {
      display: block;
      container-type: inline-size;
    }

    section {
      display: grid;
      grid-template-columns: auto minmax(0, 1fr) auto;
      gap: 8px 28px;
      align-items: center;
      padding: 12px 20px 10px;
      border: 1px solid var(--o-line);
      border-radius: var(--o-r-card);
      background: var(--o-card);
    }

    .sub {
      font-size: var(--o-t-s);
    }

    .big {
      font-size: var(--o-t-2xl);
      font-weight: var(--o-w-b);
      letter-spacing: -0.015em;
      line-height: 1.15;
      white-space: nowrap;
    }

    .line {
      position: relative;
      min-width: 0;
    }

    svg {
      display: block;
      overflow: visible;
    }

    .axis {
      fill: var(--o-track);
    }

    .now {
      fill: var(--o-text);
    }

    .ring {
      fill: var(--o-card);
    }

    .dot {
      stroke: var(--o-swatch-edge);
    }

    .dot.strong {
      stroke: var(--o-swatch-edge-strong);
    }

    text {
      fill: var(--o-text-2);
      font-size: 11px;
    }

    .at {
      fill: var(--o-text);
      font-size: 12px;
      font-weight: var(--o-w-b);
    }

    .next {
      font-size: var(--o-t-b);
      text-align: end;
    }

    :host([stale]) :is(svg, .big) {
      filter: saturate(0.2);
      opacity: 0.65;
    }

    @container (max-width: 900px) {
      section {
        grid-template-columns: auto minmax(0, 1fr);
      }

      .next {
        display: none;
      }
    }

    @container (max-width: 560px) {
      section {
        grid-template-columns: minmax(0, 1fr);
        padding: 10px 14px;
      }

      .done {
        display: flex;
        align-items: baseline;
        justify-content: space-between;
      }

      .big {
        font-size: var(--o-t-xl);
      }
    }
  `,
];
