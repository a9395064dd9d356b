import { LitElement, css, html, svg } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { MapObject, Placed } from "./layout";
import { placed, plateSize } from "./layout";

const GRID_MM = 50;

/**
 * A plate from above with its objects as boxes: to print, chosen, skipped. For the mouse and the finger; a list beside
 * it says the same to everybody.
 *
 * Properties: `objects`, `size` (width and depth in mm, `null` for unknown), `chosen` and `skipped` (ids), `isLocked`.
 * Events: `odin-choose` (`detail.value`: an id).
 */
@customElement("odin-plate-map")
export class OdinPlateMap extends LitElement {
  static override styles = css`
    :host {
      display: block;
    }

    svg {
      display: block;
      width: 100%;
      height: auto;
      max-height: 260px;
      border: 1px solid var(--o-line);
      border-radius: var(--o-r-in);
      background: var(--o-sunken);
    }

    .grid {
      fill: none;
      stroke: var(--o-line);
      vector-effect: non-scaling-stroke;
    }

    .box {
      fill: color-mix(in srgb, var(--o-text) 9%, var(--o-card));
      stroke: var(--o-text-2);
      stroke-width: 1.5;
      vector-effect: non-scaling-stroke;
    }

    :host(:not([locked])) .object:not(.skipped) {
      cursor: pointer;
    }

    :host(:not([locked])) .object:not(.skipped, .chosen):hover .box {
      fill: color-mix(in srgb, var(--o-text) 18%, var(--o-card));
    }

    .chosen .box {
      fill: color-mix(in srgb, var(--o-failed) 22%, var(--o-card));
      stroke: var(--o-failed);
      stroke-width: 2.5;
    }

    .skipped .box {
      fill: url(#hatch);
      stroke: var(--o-control);
      stroke-dasharray: 4 3;
    }

    .hatch {
      stroke: var(--o-control);
      stroke-width: 1.5;
    }

    text {
      fill: var(--o-text);
      font-family: var(--o-font);
      font-weight: 700;
      text-anchor: middle;
      dominant-baseline: central;
      pointer-events: none;
    }

    .skipped text {
      fill: var(--o-text-2);
    }

    .halo {
      fill: var(--o-card);
      pointer-events: none;
    }

    @media (forced-colors: active) {
      .chosen .box {
        stroke: Highlight;
      }
    }
  `;

  @property({ attribute: false }) objects: readonly MapObject[] = [];
  @property({ attribute: false }) size: readonly [number, number] | null = null;
  @property({ attribute: false }) chosen: ReadonlySet<number> = new Set();
  @property({ attribute: false }) skipped: ReadonlySet<number> = new Set();
  @property({ type: Boolean, attribute: "locked", reflect: true }) isLocked = false;

  constructor() {
    super();
    this.addEventListener("click", this.#clicked);
  }

  protected override render() {
    const size = plateSize(this.size, this.objects);
    const [width, depth] = size;
    const unit = Math.max(width, depth) / 100;
    let grid = "";
    for (let x = GRID_MM; x < width; x += GRID_MM) grid += `M${x} 0V${depth}`;
    for (let y = depth - GRID_MM; y > 0; y -= GRID_MM) grid += `M0 ${y}H${width}`;
    return html`
      <svg viewBox="0 0 ${width} ${depth}" aria-hidden="true" focusable="false">
        <defs>
          <pattern id="hatch" width=${3 * unit} height=${3 * unit} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <line class="hatch" x1="0" y1="0" x2="0" y2=${3 * unit}></line>
          </pattern>
        </defs>
        <path class="grid" d=${grid}></path>
        ${placed(size, this.objects).map((each) => this.#object(each, unit))}
      </svg>
    `;
  }

  #object({ id, x, y, width, depth }: Placed, unit: number) {
    const isSkipped = this.skipped.has(id);
    const state = isSkipped ? "skipped" : this.chosen.has(id) ? "chosen" : "";
    const number = this.objects.findIndex((object) => object.id === id) + 1;
    const [middleX, middleY] = [x + width / 2, y + depth / 2];
    return svg`
      <g class="object ${state}" data-id=${id}>
        <rect class="box" x=${x} y=${y} width=${width} height=${depth} rx=${unit}></rect>
        ${isSkipped ? svg`<circle class="halo" cx=${middleX} cy=${middleY} r=${4 * unit}></circle>` : ""}
        <text x=${middleX} y=${middleY} font-size=${6 * unit}>${number}</text>
      </g>
    `;
  }

  readonly #clicked = (event: Event): void => {
    const object = event.composedPath().find((each): each is SVGGElement => each instanceof SVGGElement && "id" in each.dataset);
    const id = Number(object?.dataset["id"]);
    if (this.isLocked || !object || this.skipped.has(id)) return;
    this.dispatchEvent(new CustomEvent("odin-choose", { detail: { value: id } }));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-plate-map": OdinPlateMap;
  }
}
