import { css } from "lit";

import { base } from "../../theme/controls";

export const styles = [
  base,
  css`
    :host {
      display: inline-block;
      position: relative;
      width: var(--chip-size, 28px);
      height: var(--chip-size, 28px);
    }

    .swatch {
      position: relative;
      display: grid;
      place-items: center;
      width: 100%;
      height: 100%;
      overflow: hidden;
      border-radius: var(--o-r-chip);
      font-size: 11px;
      line-height: 1;
    }

    .swatch i {
      position: absolute;
      inset: 0;
      background: var(--swatch);
    }

    .swatch::after {
      content: "";
      position: absolute;
      inset: 0;
      border-radius: inherit;
      box-shadow: inset 0 0 0 1px var(--o-swatch-edge);
    }

    :host([strong]) .swatch::after {
      box-shadow: inset 0 0 0 1px var(--o-swatch-edge-strong);
    }

    .swatch b {
      position: relative;
      z-index: 1;
      color: var(--ink);
      font-weight: var(--o-w-b);
    }

    :host([clear]) .swatch,
    :host([many]) .swatch {
      background: repeating-conic-gradient(var(--o-checker-a) 0 25%, var(--o-checker-b) 0 50%) 0 0 / 8px 8px;
    }

    :host([clear]) .swatch i {
      opacity: 0.4;
    }

    :host([clear]) .swatch b,
    :host([many]) .swatch b {
      min-width: 14px;
      padding: 1.5px 2px;
      border-radius: 4px;
      background: #fffffff0;
      color: #14181c;
      text-align: center;
    }

    /* Drained: the colour stands as high as what is left, over a pale shadow of itself. */
    :host([low]) .swatch {
      background: color-mix(in srgb, var(--swatch) 18%, var(--o-card));
    }

    :host([low]) .swatch i {
      top: calc(100% - max(18%, var(--left)));
    }

    :host([low]) .swatch b {
      color: var(--o-text);
    }

    :host([data-look="empty"]) .swatch {
      border: 1.5px dashed var(--o-line-strong);
    }

    :host([data-look="empty"]) .swatch b {
      color: var(--o-text-2);
      font-weight: var(--o-w-n);
    }

    :host([data-look="unknown"]) .swatch {
      background: repeating-linear-gradient(
        135deg,
        var(--o-track) 0 4px,
        color-mix(in srgb, var(--o-text) 5%, transparent) 4px 8px
      );
    }

    :host([data-look="empty"]) .swatch::after {
      box-shadow: none;
    }

    :host([data-look="unknown"]) .swatch b {
      color: var(--o-text-2);
    }

    :host([feeding]) .swatch {
      box-shadow:
        0 0 0 2px var(--o-card),
        0 0 0 4px var(--o-text);
    }

    :host([feeding])::after {
      content: "";
      position: absolute;
      left: 50%;
      bottom: -9px;
      border: 4px solid transparent;
      border-top-color: var(--o-text);
      border-bottom: 0;
      translate: -50% 0;
    }

    @media (forced-colors: active) {
      .swatch,
      .swatch i {
        forced-color-adjust: none;
      }
    }
  `,
];
