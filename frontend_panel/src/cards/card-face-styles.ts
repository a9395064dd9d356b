import { css } from "lit";

import { partStyles } from "../components/printer-tile/part-styles";
import { hues } from "../components/state-pill/state-pill";
import { base } from "../theme/controls";
import { pictureStyles } from "../views/floor/printer-picture";
import { shapeStyles } from "./card-face-shapes";
import { surface } from "./surface";

export const faceStyles = [
  base,
  partStyles,
  hues,
  pictureStyles,
  surface,
  css`
    :host {
      display: block;
      height: 100%;
      container-type: inline-size;
    }

    article {
      display: flex;
      flex-direction: column;
      height: 100%;
      transition: border-color var(--o-fast);
    }

    :host([needs-you]) article {
      border-color: color-mix(in srgb, var(--o-attention) 55%, transparent);
    }

    :host([old]) article {
      border-style: dashed;
    }

    article:has(h2 :is(a, button):focus-visible) {
      box-shadow: var(--o-focus);
    }

    .picture {
      position: relative;
      flex: 1 1 134px;
      min-height: 0;
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

    .over odin-state-pill {
      min-width: 0;
    }

    .over .corner {
      flex: none;
    }

    .body {
      display: flex;
      flex: none;
      flex-direction: column;
      gap: 8px;
      min-width: 0;
      padding: 12px 14px;
    }

    .body:only-child {
      flex: 1;
      justify-content: center;
    }

    odin-progress-ring {
      --ring-text: 12px;
      --ring-icon: 20px;
      width: 42px;
      height: 42px;
    }

    h2 button {
      padding: 0;
      border: 0;
      background: none;
      color: inherit;
      font: inherit;
      cursor: pointer;
    }

    /* The whole card can be tapped; what can be pressed lies above. */
    h2 :is(a, button)::after {
      content: "";
      position: absolute;
      inset: 0;
    }

    h2 :is(a, button):focus-visible {
      box-shadow: none;
    }

    .silence {
      min-height: 26px;
      font-size: var(--o-t-b);
      line-height: 26px;
    }

    :host([old]) .state {
      filter: saturate(0.35);
    }

    .state {
      --icon-size: 15px;
      color: var(--ink);
      font-weight: var(--o-w-m);
    }

    .state odin-icon {
      margin-right: 3px;
      vertical-align: -3px;
    }

    .actions {
      position: relative;
      z-index: 1;
      display: flex;
      flex-wrap: wrap;
      gap: 8px;
      pointer-events: none;
    }

    .actions > * {
      pointer-events: auto;
    }

    .actions:has(> [hidden]) {
      display: none;
    }

    .tag {
      display: flex;
    }
  `,
  shapeStyles,
];
