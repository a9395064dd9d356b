import { css, unsafeCSS } from "lit";

import { base, buttons, fields } from "../../theme/controls";

/** Colours that many spools have; the name is a text key and a class. */
export const SWATCHES = [
  ["black", "#161616"],
  ["grey", "#8e9089"],
  ["white", "#ffffff"],
  ["red", "#c12e1f"],
  ["orange", "#ff6a13"],
  ["yellow", "#f4ee2a"],
  ["green", "#00ae42"],
  ["teal", "#0a7d8c"],
  ["blue", "#0a2ca5"],
  ["purple", "#5e43b7"],
  ["pink", "#f55a74"],
  ["brown", "#9d432c"],
] as const;

export const styles = [
  base,
  buttons,
  fields,
  css`
    .top {
      display: grid;
      grid-template-columns: 72px minmax(0, 1fr);
      gap: 14px;
      align-items: start;
    }

    .fields {
      display: grid;
      gap: 12px;
    }

    .pair {
      display: grid;
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      gap: 12px;
    }

    .color {
      display: flex;
      flex-wrap: wrap;
      gap: 8px 12px;
      align-items: center;
    }

    .color input[type="color"] {
      flex: none;
      width: var(--o-touch);
      padding: 4px;
      cursor: pointer;
    }

    .color input.code {
      flex: 0 1 120px;
    }

    .color .check {
      margin: 0;
      font-size: var(--o-t-b);
      font-weight: var(--o-w-n);
    }

    .swatches {
      display: flex;
      flex-wrap: wrap;
      gap: 6px;
      margin-top: 10px;
    }

    .swatch {
      width: 32px;
      height: 32px;
      padding: 0;
      border: 0;
      border-radius: var(--o-r-chip);
      background: var(--swatch);
      box-shadow: inset 0 0 0 1px var(--o-swatch-edge-strong);
      cursor: pointer;
      forced-color-adjust: none;
    }

    .swatch[aria-pressed="true"] {
      box-shadow:
        inset 0 0 0 1px var(--o-swatch-edge-strong),
        0 0 0 2px var(--o-raised),
        0 0 0 4px var(--o-text);
    }

    .swatch:focus-visible {
      box-shadow: var(--o-focus);
    }

    .line {
      display: flex;
      gap: 12px;
      align-items: center;
      justify-content: space-between;
      padding: 4px 0;
      font-size: var(--o-t-b);
      font-weight: var(--o-w-m);
    }

    @media (pointer: coarse), (max-width: 699px) {
      .swatch {
        width: var(--o-touch);
        height: var(--o-touch);
      }
    }
  `,
  unsafeCSS(SWATCHES.map(([name, value]) => `.swatch.${name}{--swatch:${value}}`).join("")),
];
