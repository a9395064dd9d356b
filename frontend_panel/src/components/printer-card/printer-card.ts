import type { PropertyValues } from "lit";
import { LitElement, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { Fault, Heat, Printer } from "../../api/types";
import { t } from "../../localize";
import { clock, degrees, duration, instant } from "../../localize/format";
import "../filament-units/filament-units";
import { describe } from "../filament-chip/filament-chip";
import "../icon/icon";
import { bed, chamber, failed, info, nozzle, show, warning } from "../icon/icons";
import "../progress-ring/progress-ring";
import "../state-pill/state-pill";
import { styles } from "./styles";
import { activeSlot, isRunning, jobName, pill, ringIcon, ringPercent, worstFirst } from "./summary";

const FAULTS_SHOWN = 2;
/** A set-point this close to the value is reached and says nothing new. */
const REACHED_C = 4;
const SECOND_MS = 1000;

/**
 * One printer at a glance; twice as wide where there is a fault to read and room for it.
 *
 * Properties: `printer`, `isStale` (the panel itself hears nothing: every value is old), `isWide`.
 */
@customElement("odin-printer-card")
export class OdinPrinterCard extends LitElement {
  static override styles = styles;

  @property({ attribute: false }) printer!: Printer;
  @property({ type: Boolean, attribute: "stale" }) isStale = false;
  @property({ type: Boolean, reflect: true, attribute: "wide" }) isWide = false;
  /** When the job ends by the last word of the printer; kept until it says another number. */
  @state() private endsAt: Date | undefined;

  protected override willUpdate(changed: PropertyValues<this>): void {
    this.toggleAttribute("old", this.isStale || !this.printer.is_live);
    this.toggleAttribute("needs-you", this.printer.attention !== null && this.printer.is_live);
    if (!changed.has("printer")) return;
    const before = changed.get("printer")?.job?.remaining_s;
    const remaining = this.printer.job?.remaining_s;
    if (remaining == null) this.endsAt = undefined;
    else if (remaining !== before) this.endsAt = new Date(Date.now() + remaining * SECOND_MS);
  }

  protected override render() {
    const { printer } = this;
    const state = pill(printer);
    return html`
      <article aria-labelledby="name">
        <div class="top">
          <odin-state-pill .look=${state.look} .label=${state.label}></odin-state-pill>
          ${this.#mode()}
        </div>
        <div class="id">
          <odin-progress-ring
            .percent=${ringPercent(printer)}
            .color=${activeSlot(printer)?.color ?? null}
            .icon=${ringIcon(printer)}
            .isStale=${this.hasAttribute("old")}
          ></odin-progress-ring>
          <div class="names">
            <h2 class="name clip" id="name" title=${printer.name}>${printer.name}</h2>
            <p class="model sub clip">${printer.model?.name ?? printer.model?.id ?? t("card.unknown_model")}</p>
            <p class="job clip" title=${jobName(printer)}>${jobName(printer)}</p>
          </div>
        </div>
        ${this.#link()} ${this.#time()} ${this.#faults()}
        <div class="foot">${this.#temperatures()} ${this.#filament()}</div>
      </article>
    `;
  }

  #mode() {
    const { printer } = this;
    if (printer.is_observe_only) return this.#tag(show, t("card.observe_only"), t("card.observe_only.why"));
    if (printer.control === "refused") return this.#tag(warning, t("card.refuses"), t("card.refuses.why"));
    return nothing;
  }

  #tag(icon: string, label: string, why: string) {
    return html`<span class="tag" title=${why}><odin-icon .path=${icon}></odin-icon>${label}</span>`;
  }

  #link() {
    const { link, link_text: text, link_remedy: remedy } = this.printer;
    if (link === "online") return nothing;
    return html`<p class="link"><b>${text}</b> ${remedy ?? nothing}</p>`;
  }

  #time() {
    const { job } = this.printer;
    if (!job || !isRunning(this.printer)) return nothing;
    // A fault says why it stands still, and says it better.
    const hasStage = this.printer.activity !== "printing" && this.printer.faults.length === 0;
    return html`
      <div class="time">
        ${this.#ending(job.remaining_s)}
        ${job.layer === null ? nothing : html`<span class="layer">${this.#layer(job.layer, job.total_layers)}</span>`}
      </div>
      ${hasStage && job.stage_text ? html`<p class="stage sub clip">${job.stage_text}</p>` : nothing}
    `;
  }

  #ending(remaining: number | null) {
    if (remaining === null || !this.endsAt) return html`<span class="sub">${t("card.no_estimate")}</span>`;
    const left = t("card.left", { time: duration(remaining) });
    if (this.printer.activity === "paused" || this.hasAttribute("old")) return html`<span class="sub">${left}</span>`;
    return html`<b title=${instant(this.endsAt)}>${clock(this.endsAt, new Date())}</b><span class="sub">${left}</span>`;
  }

  #layer(layer: number, total: number | null) {
    return total === null ? t("card.layer", { layer }) : t("card.layer_of", { layer, total });
  }

  #faults() {
    const faults = worstFirst(this.printer.faults);
    if (faults.length === 0) return nothing;
    const more = faults.length - FAULTS_SHOWN;
    return html`
      <ul class="faults" aria-label=${t("card.faults")}>
        ${faults.slice(0, FAULTS_SHOWN).map((fault) => this.#fault(fault))}
        ${more > 0 ? html`<li class="sub">${t("card.more_faults", { count: more })}</li>` : nothing}
      </ul>
    `;
  }

  #fault(fault: Fault) {
    const icon = fault.severity === "info" ? info : fault.severity === "common" ? warning : failed;
    return html`
      <li class="fault" data-severity=${fault.severity}>
        <odin-icon .path=${icon}></odin-icon>
        <span>${fault.text} <code>${fault.code}</code></span>
      </li>
    `;
  }

  #temperatures() {
    const { nozzles, bed: plate, chamber: inside } = this.printer.temperatures;
    return html`
      <div class="heats">
        ${nozzles.map((heat, i) => this.#heat(nozzle, nozzles.length > 1 ? t("card.nozzle_n", { n: i + 1 }) : t("card.nozzle"), heat))}
        ${this.#heat(bed, t("card.bed"), plate)} ${this.#heat(chamber, t("card.chamber"), inside)}
      </div>
    `;
  }

  #heat(icon: string, name: string, heat: Heat | null) {
    if (heat?.current_c == null) return nothing;
    const target = heat.target_c ?? 0;
    const isOnItsWay = target > 0 && Math.abs(target - heat.current_c) > REACHED_C;
    return html`
      <span class="heat ${target > 0 ? "on" : ""}" title=${name}>
        <odin-icon .path=${icon}></odin-icon><span class="vh">${name}</span><b>${degrees(heat.current_c)}</b>
        ${isOnItsWay ? html`<span class="sub">→ ${degrees(target)}</span>` : nothing}
      </span>
    `;
  }

  #filament() {
    const { filament_units: units, active_slot: active } = this.printer;
    if (units.length === 0) return nothing;
    const feeding = isRunning(this.printer) ? activeSlot(this.printer) : undefined;
    return html`
      <odin-filament-units .units=${units} .activeSlot=${active} .isFeeding=${feeding !== undefined}></odin-filament-units>
      ${feeding ? html`<p class="feeding sub clip">${describe(feeding)}</p>` : nothing}
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-card": OdinPrinterCard;
  }
}
