import { LitElement, css, html, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Color } from "../filament-chip/color";
import { isExtreme } from "../filament-chip/color";
import type { Look } from "./look";
import { windingShare } from "./look";

const WIDTH = 62;
const HEIGHT = 78;
const MIDDLE_X = WIDTH / 2;
const MIDDLE_Y = HEIGHT / 2;
/** Of the winding: its left edge, its width, and its height at an empty hub and up to the rim. */
const LEFT = MIDDLE_X - 16;
const WOUND = 32;
const HUB = 12;
const RIM = 58;
const STRAND = 2.6;
const NO_COLOR = "#8d969e";
const NEAR_BLACK = 0.06;

/**
 * A spool in its bay, seen from the side: the winding is as high as what is left. Decoration; say in words beside it
 * what it shows.
 *
 * Properties: `look`, `colors`, `isGradient`, `remaining` (%, `null` for unknown), `isWarm` (being dried).
 */
@customElement("odin-spool")
export class OdinSpool extends LitElement {
  static override styles = css`
    :host {
      display: block;
    }

    svg {
      display: block;
      width: 100%;
      height: auto;
      forced-color-adjust: none;
    }

    .bay {
      fill: var(--o-sunken);
      stroke: var(--o-line);
    }

    .warm {
      fill: var(--o-heat);
      opacity: 0.16;
    }

    .outline {
      fill: none;
      stroke: var(--o-text-2);
      stroke-width: 1.5;
      stroke-dasharray: 3 3.5;
    }

    .edge {
      fill: none;
      stroke: var(--o-swatch-edge-strong);
      stroke-width: 0.8;
    }

    .checker-a {
      fill: var(--o-checker-a);
    }

    .checker-b {
      fill: var(--o-checker-b);
    }

    .mark {
      fill: var(--o-card);
      stroke: var(--o-line-strong);
    }

    text {
      fill: var(--o-text);
      font: 700 15px var(--o-font);
      text-anchor: middle;
    }
  `;

  @property() look: Look = "set";
  @property({ attribute: false }) colors: readonly Color[] = [];
  @property({ type: Boolean, attribute: "gradient" }) isGradient = false;
  @property({ attribute: false }) remaining: number | null = null;
  @property({ type: Boolean, attribute: "warm" }) isWarm = false;

  protected override render() {
    const hasSpool = this.look === "set" || this.look === "unknown";
    return html`
      <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true" focusable="false">
        <rect class="bay" x=".5" y=".5" width=${WIDTH - 1} height=${HEIGHT - 1} rx="10"></rect>
        ${this.isWarm ? svg`<rect class="warm" x="3" y="3" width=${WIDTH - 6} height=${HEIGHT - 6} rx="8"></rect>` : nothing}
        ${hasSpool ? this.#spool() : this.#place()}
      </svg>
    `;
  }

  /** Where a spool would be. */
  #place() {
    const [left, right, top, bottom] = [MIDDLE_X - 17, MIDDLE_X + 17, MIDDLE_Y - 24, MIDDLE_Y + 24];
    return svg`
      <path class="outline" d="M${left} ${MIDDLE_Y}H${right}M${left} ${top}V${bottom}M${right} ${top}V${bottom}"></path>
      ${this.look === "ran_out" ? this.#mark("!") : nothing}
    `;
  }

  #spool() {
    const height = HUB + (RIM - HUB) * windingShare(this.remaining);
    const top = MIDDLE_Y - height / 2;
    const winding = (fill: string, opacity = 1) =>
      svg`<rect x=${LEFT} y=${top} width=${WOUND} height=${height} rx="1.5" fill=${fill} opacity=${opacity}></rect>`;
    const isClear = this.colors.some((color) => color.isClear);
    // Nobody sells black that one can see through: all zeros is a filament without any colour.
    const isColorless = isClear && this.colors.length === 1 && this.colors[0]?.css === "#000000";
    return svg`
      ${this.#definitions(isClear)}
      ${isClear ? winding("url(#checker)") : nothing} ${isColorless ? nothing : winding(this.#fill(), isClear ? 0.4 : 1)}
      ${this.#strands(top, height)} ${winding("url(#round)")}
      ${this.colors.some(isExtreme) ? svg`<rect class="edge" x=${LEFT} y=${top} width=${WOUND} height=${height}></rect>` : nothing}
      ${[LEFT - 4.5, LEFT + WOUND].map(
        (x) => svg`
          <rect x=${x} y="6" width="4.5" height=${HEIGHT - 12} rx="2" fill="#4b5258"></rect>
          <rect x=${x} y="6" width="4.5" height=${HEIGHT - 12} rx="2" fill="url(#round)"></rect>
        `,
      )}
      ${this.look === "unknown" ? this.#mark("?") : nothing}
    `;
  }

  #mark(sign: string) {
    return svg`
      <circle class="mark" cx=${MIDDLE_X} cy=${MIDDLE_Y} r="12"></circle>
      <text x=${MIDDLE_X} y=${MIDDLE_Y + 5.5}>${sign}</text>
    `;
  }

  #fill(): string {
    if (this.look === "unknown") return NO_COLOR;
    return this.colors.length > 1 ? "url(#many)" : (this.colors[0]?.css ?? NO_COLOR);
  }

  #definitions(isClear: boolean) {
    return svg`
      <defs>
        <linearGradient id="round" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stop-color="#000" stop-opacity=".4"></stop>
          <stop offset=".34" stop-color="#fff" stop-opacity=".2"></stop>
          <stop offset=".62" stop-color="#fff" stop-opacity="0"></stop>
          <stop offset="1" stop-color="#000" stop-opacity=".42"></stop>
        </linearGradient>
        ${
          isClear
            ? svg`
              <pattern id="checker" width="8" height="8" patternUnits="userSpaceOnUse">
                <rect class="checker-a" width="8" height="8"></rect>
                <path class="checker-b" d="M0 0h4v4H0zM4 4h4v4H4z"></path>
              </pattern>`
            : nothing
        }
        ${this.colors.length > 1 ? svg`<linearGradient id="many">${this.#stops()}</linearGradient>` : nothing}
      </defs>
    `;
  }

  /** Stripes side by side, or one colour running into the next. */
  #stops() {
    const count = this.colors.length;
    return this.colors.map(({ css: color }, i) =>
      this.isGradient
        ? svg`<stop offset=${i / (count - 1)} stop-color=${color}></stop>`
        : svg`<stop offset=${i / count} stop-color=${color}></stop><stop offset=${(i + 1) / count} stop-color=${color}></stop>`,
    );
  }

  #strands(top: number, height: number) {
    const isDark = this.colors.length === 1 && (this.colors[0]?.luminance ?? 1) < NEAR_BLACK;
    let path = "";
    for (let x = LEFT + 1; x < LEFT + WOUND; x += STRAND) path += `M${x.toFixed(1)} ${top}v${height}`;
    return svg`<path d=${path} stroke=${isDark ? "#fff" : "#000"} stroke-opacity=${isDark ? 0.1 : 0.13} stroke-width=".8"></path>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-spool": OdinSpool;
  }
}
