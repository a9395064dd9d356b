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

/**
 * How far a job is: an arc in the colour of the filament that is being printed. A broken track means old values.
 *
 * Properties: `percent` (`null` for unknown), `color` (`#RRGGBBAA`), `isStale`, `icon` (path; replaces the number).
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
        --icon-size: 24px;
        display: flex;
        align-items: baseline;
        color: var(--o-text);
        font-size: 15px;
        font-weight: var(--o-w-b);
        line-height: 1;
      }

      .middle small {
        margin-left: 1px;
        color: var(--o-text-2);
        font-size: 10px;
      }

      .middle odin-icon {
        color: var(--o-text-2);
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
      </svg>
      <span class="middle" aria-hidden="true">
        ${this.icon ? html`<odin-icon .path=${this.icon}></odin-icon>` : this.#number(value)}
      </span>
      <span class="vh">${value === null ? t("ring.unknown") : t("ring.done", { done: percent(value) })}</span>
    `;
  }

  #arc(value: number) {
    const dashes = `${(LENGTH * value) / 100} ${LENGTH}`;
    const color = parseColor(this.color);
    const arc = (name: string) =>
      svg`<circle class=${name} cx="28" cy="28" r=${RADIUS} stroke-dasharray=${dashes}></circle>`;
    return svg`${color && isExtreme(color) ? arc("casing") : nothing}${arc("arc")}`;
  }

  #number(value: number | null) {
    return value === null ? html`<span class="sub">–</span>` : html`${Math.floor(value)}<small>%</small>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-progress-ring": OdinProgressRing;
  }
}
