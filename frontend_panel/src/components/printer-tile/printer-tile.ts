import { LitElement, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Printer, Slot } from "../../api/types";
import { t } from "../../localize";
import "../filament-units/filament-units";
import { describe } from "../filament-chip/filament-chip";
import "../progress-ring/progress-ring";
import "../state-pill/state-pill";
import { faultList, modeTag, plateHint, temperatures, timeLine } from "./parts";
import { tileStyles } from "./styles";
import { smallStyles } from "./styles-small";
import { activeSlot, isRunning, jobName, loadedColors, pill, ringIcon, ringPercent, ringTone } from "./summary";

/** How many faults each size has room for. */
const FAULTS_SHOWN = { S: 0, M: 1, L: 2, XL: 4 } as const;

/**
 * One printer at a glance: a row (S), a card (M), one with room for what there is to do (L), and one with a chart (XL).
 *
 * Properties: `printer`, `size`, `isStale` (the panel itself hears nothing: every value is old), `heardAt` (since when
 * they are old, ms), `endsAt` (when the job ends, ms), `href` (of the printer). Slots: `picture`, `corner` (over the
 * picture), `choice` (before the name), `actions`, `chart`. Events: `odin-open` (the name was followed).
 */
@customElement("odin-printer-tile")
export class OdinPrinterTile extends LitElement {
  static override styles = [tileStyles, smallStyles];

  @property({ attribute: false }) printer!: Printer;
  @property({ reflect: true }) size: "S" | "M" | "L" | "XL" = "M";
  @property({ type: Boolean, attribute: "stale" }) isStale = false;
  @property({ attribute: false }) heardAt: number | null = null;
  @property({ attribute: false }) endsAt: number | null = null;
  @property() href = "";

  protected override willUpdate(): void {
    this.toggleAttribute("old", this.#isOld);
    this.toggleAttribute("needs-you", this.printer.attention !== null && this.printer.is_live);
  }

  get #isOld(): boolean {
    return this.isStale || !this.printer.is_live;
  }

  protected override render() {
    const { printer } = this;
    return html`
      <article aria-labelledby="name">
        ${this.size === "S" ? nothing : this.#picture()}
        <div class="body">
          ${this.#identity()} ${this.size === "S" ? this.#pill(false) : nothing} ${this.#link()}
          ${timeLine(printer, { endsAt: this.endsAt, heardAt: this.heardAt, isOld: this.#isOld, isShort: this.size === "M" })}
          ${this.size === "M" ? nothing : plateHint(printer)}
          ${faultList(printer, FAULTS_SHOWN[this.size])} ${this.size === "S" ? nothing : temperatures(printer)}
          ${this.#filament()}
          <div class="actions"><slot name="actions"></slot></div>
        </div>
        ${this.size === "XL" ? html`<div class="chart"><slot name="chart"></slot></div>` : nothing}
      </article>
    `;
  }

  #picture() {
    return html`
      <div class="picture">
        <slot name="picture"></slot>
        <div class="over">${this.#pill(true)}<slot name="corner"></slot></div>
      </div>
    `;
  }

  #pill(isGlass: boolean) {
    const { look, label } = pill(this.printer);
    return html`<odin-state-pill .look=${look} .label=${label} .isGlass=${isGlass}></odin-state-pill>`;
  }

  #identity() {
    const { printer } = this;
    const model = printer.model?.name ?? printer.model?.id ?? t("card.unknown_model");
    return html`
      <div class="id">
        <slot name="choice"></slot>
        <odin-progress-ring
          .percent=${ringPercent(printer)}
          .color=${activeSlot(printer)?.color ?? null}
          .icon=${ringIcon(printer)}
          .tone=${ringTone(printer)}
          .loaded=${loadedColors(printer)}
          .isStale=${this.#isOld}
        ></odin-progress-ring>
        <div class="names">
          <h2 class="clip" id="name">
            <a href=${this.href} title=${printer.name} @click=${this.#followed}>${printer.name}</a>
            <small>${model}</small>
          </h2>
          <p class="job sub clip" title=${jobName(printer)}>${jobName(printer)}</p>
          ${this.size === "S" ? nothing : modeTag(printer)}
        </div>
      </div>
    `;
  }

  #link() {
    const { link, link_text: text, link_remedy: remedy } = this.printer;
    if (link === "online" || link === "connecting" || link === "disabled") return nothing;
    return html`<p class="link">${text} ${this.size === "M" ? nothing : (remedy ?? nothing)}</p>`;
  }

  #filament() {
    const { filament_units: units, active_slot: active } = this.printer;
    if (units.length === 0) return nothing;
    const feeding = isRunning(this.printer) ? activeSlot(this.printer) : undefined;
    return html`
      <div class="filament">
        <odin-filament-units .units=${units} .activeSlot=${active} .isFeeding=${feeding !== undefined}></odin-filament-units>
        ${feeding && this.size !== "S" ? html`<span class="feeding sub clip" title=${describe(feeding)}>${this.#feeding(feeding)}</span>` : nothing}
      </div>
    `;
  }

  /** How much is left has room in the larger ones only. */
  #feeding(slot: Slot): string {
    return this.size === "M" ? (slot.product ?? slot.material ?? describe(slot)) : describe(slot);
  }

  readonly #followed = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    this.dispatchEvent(new CustomEvent("odin-open"));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-tile": OdinPrinterTile;
  }
}
