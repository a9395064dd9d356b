import type { PropertyValues } from "lit";
import { LitElement, css, html, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";

import { t } from "../../localize";
import { percent } from "../../localize/format";
import { base } from "../../theme/controls";
import { isExtreme, parseColor } from "../filament-chip/color";
import "../icon/icon";

const RADIUS = 23;
const LENGTH = 2 * Math.PI * RADIUS;
const DOTS_MOST = 3;
const DOT_STEP = 10;

/**
 * How far a job is: an arc in the colour of the filament that is being printed. A broken track means old values.
 *
 * Properties: `percent` (`null` for unknown), `color` (`#RRGGBBAA`), `isStale`, `icon` (path; replaces the number), `tone`
 * (of the icon), `loaded` (colours to show instead of a number: what is in an idle machine). CSS: the host's own size, `--ring-text`,
 * `--ring-icon`.
 */
@customElement("odin-progress-ring")
export class OdinProgressRing extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        --arc: var(--o-printing);
        display: grid;
        flex: none;
        place-items: center;
        width: 56px;
        height: 56px;
      }

      /* Where the filament is not known, the state has a colour. */
      :host([tone="finished"]) {
        --arc: var(--o-finished);
      }

      :host([tone="failed"]) {
        --arc: var(--o-failed);
      }

      svg,
      .middle {
        grid-area: 1 / 1;
      }

      svg {
        width: 100%;
        height: 100%;
        fill: none;
        rotate: -90deg;
      }

      .track {
        stroke: var(--o-track);
        stroke-width: 5;
      }

      :host([stale]) .track {
        stroke: var(--o-line-strong);
        stroke-dasharray: 2.4 3.62;
      }

      .casing {
        stroke: var(--o-swatch-edge-strong);
        stroke-width: 6.5;
      }

      .arc {
        stroke: var(--arc);
        stroke-width: 5;
        transition: stroke-dasharray var(--o-mid);
      }

      .middle {
        --icon-size: var(--ring-icon, 24px);
        display: flex;
        align-items: baseline;
        color: var(--o-text);
        font-size: var(--ring-text, 15px);
        font-weight: var(--o-w-b);
        line-height: 1;
      }

      .middle small {
        margin-left: 1px;
        color: var(--o-text-2);
        font-size: 0.66em;
      }

      .middle odin-icon {
        color: var(--o-text-2);
      }

      :host([tone="finished"]) odin-icon {
        color: var(--o-finished-text);
      }

      :host([tone="failed"]) odin-icon {
        color: var(--o-failed-text);
      }

      .clear {
        opacity: 0.45;
      }

      .dots {
        stroke: var(--o-swatch-edge-strong);
        stroke-width: 1;
      }

      :host([stale]) {
        filter: saturate(0.35);
        opacity: 0.85;
      }
    `,
  ];

  @property({ attribute: false }) percent: number | null = null;
  @property() color: string | null = null;
  @property({ type: Boolean, reflect: true, attribute: "stale" }) isStale = false;
  @property({ attribute: false }) icon = "";
  @property({ reflect: true }) tone: "" | "finished" | "failed" = "";
  @property({ attribute: false }) loaded: readonly string[] = [];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("color")) return;
    const color = parseColor(this.color);
    if (color) this.style.setProperty("--arc", color.css);
    else this.style.removeProperty("--arc");
  }

  protected override render() {
    const value = this.percent;
    return html`
      <svg viewBox="0 0 56 56" aria-hidden="true">
        <circle class="track" cx="28" cy="28" r=${RADIUS}></circle>
        ${value === null || value <= 0 ? nothing : this.#arc(Math.min(value, 100))}
        ${this.icon || value !== null ? nothing : this.#dots()}
      </svg>
      <span class="middle" aria-hidden="true">
        ${this.icon ? html`<odin-icon .path=${this.icon}></odin-icon>` : this.#number(value)}
      </span>
      ${
        value === null && this.loaded.length > 0
          ? nothing
          : html`<span class="vh">${value === null ? t("ring.unknown") : t("ring.done", { done: percent(value) })}</span>`
      }
    `;
  }

  #dots() {
    const colors = this.loaded.slice(0, DOTS_MOST).map((text) => parseColor(text)?.css);
    const radius = colors.length > 1 ? 4.5 : 8;
    const first = 28 - ((colors.length - 1) * DOT_STEP) / 2;
    return colors.map((color, i) =>
      // The picture is turned by a quarter: what runs down here stands side by side.
      color === undefined
        ? nothing
        : svg`<circle class="dots" cx="28" cy=${first + i * DOT_STEP} r=${radius} fill=${color}></circle>`,
    );
  }

  #arc(value: number) {
    const dashes = `${(LENGTH * value) / 100} ${LENGTH}`;
    const color = parseColor(this.color);
    const arc = (name: string) =>
      svg`<circle class=${name} cx="28" cy="28" r=${RADIUS} stroke-dasharray=${dashes}></circle>`;
    const isFaint = color !== undefined && (color.isClear || isExtreme(color));
    return svg`${isFaint ? arc("casing") : nothing}${arc(color?.isClear ? "arc clear" : "arc")}`;
  }

  #number(value: number | null) {
    if (value === null && this.loaded.length > 0) return nothing;
    return value === null ? html`<span class="sub">?</span>` : html`${Math.floor(value)}<small>%</small>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-progress-ring": OdinProgressRing;
  }
}
