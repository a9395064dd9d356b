import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { DryBody, DryingBounds, FilamentUnit } from "../../api/types";
import { isDrying } from "../../components/ams-unit/words";
import { bed, stop } from "../../components/icon/icons";
import "../../components/kit/press";
import "../../components/kit/stepper";
import { t, word } from "../../localize";
import { degrees, duration } from "../../localize/format";
import type { Press } from "../../store/presses";
import { base, fields } from "../../theme/controls";
import { dryingStart, materialsIn, tooHotFor } from "./drying";

/**
 * Drying what is in a unit: how hot, how long, for which material; or how the run goes and a way to end it.
 *
 * Properties: `unit`, `press` (of starting or ending), `lock` (why neither can be done now). Events: `odin-dry`
 * (`detail.value`: how, without the unit), `odin-dry-stop`, `odin-forget`.
 */
@customElement("odin-drying-sheet")
export class OdinDryingSheet extends LitElement {
  static override styles = [
    base,
    fields,
    css`
      :host {
        display: grid;
        gap: 10px;
        width: 320px;
        max-width: 100%;
        padding: 8px;
      }

      h3 {
        font-size: var(--o-t-l);
        font-weight: var(--o-w-b);
      }

      .line {
        display: flex;
        gap: 12px;
        align-items: center;
        justify-content: space-between;
        font-size: var(--o-t-b);
      }

      select {
        width: auto;
        max-width: 180px;
      }

      .reason {
        color: var(--o-text-2);
        font-size: var(--o-t-b);
      }

      .hot {
        color: var(--o-attention-text);
        font-size: var(--o-t-b);
        font-weight: var(--o-w-m);
      }

      @media (max-width: 699px) {
        :host {
          width: auto;
        }
      }
    `,
  ];

  @property({ attribute: false }) unit!: FilamentUnit;
  @property({ attribute: false }) press: Press = { phase: "rest" };
  @property() lock = "";
  /** What was chosen here, over what the spools ask for. */
  @state() private chosen: Partial<DryBody> = {};

  protected override render() {
    const { drying } = this.unit;
    if (!drying) return nothing;
    return html`
      <h3>${t(isDrying(drying) ? "dry.progress" : "dry.title", { unit: this.unit.name })}</h3>
      ${isDrying(drying) ? this.#running() : this.#form()}
    `;
  }

  #running() {
    const { drying } = this.unit;
    if (!drying) return nothing;
    return html`
      <p class="line"><span>${word("dry.status", drying.status)}</span><b>${drying.target_c === null ? "" : degrees(drying.target_c)}</b></p>
      <p class="line">
        <span>${t("dry.left_label")}</span><b>${drying.remaining_s === null ? t("dry.left_unknown") : duration(drying.remaining_s)}</b>
      </p>
      ${drying.material ? html`<p class="line"><span>${t("slot.material")}</span><b>${drying.material}</b></p>` : nothing}
      ${
        drying.status === "stopping" || drying.status === "cooling"
          ? nothing
          : this.#button(stop, t("dry.stop"), this.lock, () => {
              this.dispatchEvent(new CustomEvent("odin-dry-stop"));
            })
      }
    `;
  }

  #form() {
    const { unit } = this;
    const { drying_bounds: can } = unit;
    if (!can) return html`<p class="reason">${t("dry.bounds_unknown")}</p>`;
    const how = { ...dryingStart(unit, can), ...this.chosen };
    const hot = tooHotFor(unit, how.target_c);
    const blocked = (unit.drying?.blocked_by ?? []).map((each) => word("dry.blocked", each)).join(" ");
    return html`
      <label class="line"><span>${t("slot.material")}</span>${this.#materials(how.material, can)}</label>
      <div class="line">
        <span>${t("dry.temperature")}</span>
        <odin-stepper
          .label=${t("dry.temperature")}
          .value=${how.target_c}
          .min=${can.min_c}
          .max=${can.max_c}
          .step=${5}
          unit="°"
          @odin-change=${(event: CustomEvent<{ value: number }>) => {
            this.chosen = { ...this.chosen, target_c: event.detail.value };
          }}
        ></odin-stepper>
      </div>
      <div class="line">
        <span>${t("dry.hours")}</span>
        <odin-stepper
          .label=${t("dry.hours")}
          .value=${how.hours}
          .min=${can.min_hours}
          .max=${can.max_hours}
          unit=" h"
          @odin-change=${(event: CustomEvent<{ value: number }>) => {
            this.chosen = { ...this.chosen, hours: event.detail.value };
          }}
        ></odin-stepper>
      </div>
      <label class="check">
        <input
          type="checkbox"
          .checked=${how.rotate}
          @change=${(event: Event) => {
            this.chosen = { ...this.chosen, rotate: (event.currentTarget as HTMLInputElement).checked };
          }}
        />
        <span>${t("dry.rotate")}<span class="hint"> ${t("dry.rotate.what")}</span></span>
      </label>
      ${hot.length > 0 ? html`<p class="hot">${t("dry.too_hot", { materials: hot.join(", ") })}</p>` : nothing}
      ${blocked ? html`<p class="reason">${t("dry.blocked")} ${blocked}</p>` : nothing}
      ${this.#button(bed, t("dry.start"), this.lock || blocked, () => {
        this.dispatchEvent(new CustomEvent("odin-dry", { detail: { value: how } }));
      })}
    `;
  }

  #materials(chosen: string, can: DryingBounds) {
    const all = [...new Set([...materialsIn(this.unit), chosen])];
    return html`
      <select
        aria-label=${t("slot.material")}
        @change=${(event: Event) => {
          const material = (event.currentTarget as HTMLSelectElement).value;
          this.chosen = { ...dryingStart(this.unit, can, material), rotate: this.chosen.rotate ?? false };
        }}
      >
        ${all.map((material) => html`<option value=${material} ?selected=${material === chosen}>${material}</option>`)}
      </select>
    `;
  }

  #button(icon: string, label: string, lock: string, run: () => void) {
    return html`
      <odin-press
        .press=${this.press}
        .icon=${icon}
        .disabled=${lock !== ""}
        .reason=${lock}
        @click=${run}
        @odin-forget=${() => {
          this.dispatchEvent(new CustomEvent("odin-forget"));
        }}
        >${label}</odin-press
      >
      ${lock && lock === this.lock ? html`<p class="reason">${lock}</p>` : nothing}
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-drying-sheet": OdinDryingSheet;
  }
}
