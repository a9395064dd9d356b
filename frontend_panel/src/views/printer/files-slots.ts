import { LitElement, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { FilamentUnit, Fit, PlateFilament, Printer, Slot, SlotRef } from "../../api/types";
import { headName, numberOf, placeName } from "../../components/ams-unit/words";
import "../../components/filament-chip/filament-chip";
import { describe } from "../../components/filament-chip/filament-chip";
import "../../components/icon/icon";
import { warning } from "../../components/icon/icons";
import { t } from "../../localize";
import { grams } from "../../localize/format";
import { fitNote, fitOf, isImpossible } from "./files-order";
import { slotsStyles } from "./files-slots-styles";

/**
 * Which slot one filament of a file comes from; what cannot reach its nozzle cannot be chosen.
 *
 * Properties: `printer`, `filament` (`undefined` where the file tells nothing), `number` (as people count), `value` (the
 * slot), `mayBeUnused`. Events: `odin-change` (`detail.value`).
 */
@customElement("odin-file-slots")
export class OdinFileSlots extends LitElement {
  static override styles = slotsStyles;

  @property({ attribute: false }) printer!: Printer;
  @property({ attribute: false }) filament: PlateFilament | undefined;
  @property({ type: Number }) number = 1;
  @property({ attribute: false }) value: SlotRef | null = null;
  @property({ type: Boolean, attribute: "may-be-unused" }) mayBeUnused = false;

  protected override render() {
    const slots = this.printer.filament_units.flatMap((unit) => unit.slots.map((slot) => this.#slot(unit, slot)));
    // Where no slot is known there is nothing to choose.
    if (slots.length === 0) return html`<p class="wanted">${this.#wanted()}</p>`;
    return html`
      <fieldset>
        <legend>${this.#wanted()}</legend>
        <div class="slots">
          ${slots}
          ${this.mayBeUnused ? this.#unused() : nothing}
        </div>
      </fieldset>
      ${this.#note()}
    `;
  }

  #wanted() {
    const { filament, number } = this;
    const name = t("files.filament", { n: number });
    if (!filament) return html`<b>${name}</b>`;
    const { material, used_g: weight, head } = filament;
    const facts = [
      material ?? t("files.material_unknown"),
      weight === null ? "" : grams(weight),
      head === null || this.printer.capabilities.heads < 2 ? "" : this.#head(head),
    ];
    return html`
      <odin-filament-chip .slotState=${drawn(filament)} aria-hidden="true"></odin-filament-chip>
      <span><b>${name}</b> ${facts.filter(Boolean).join(" · ")}</span>
    `;
  }

  #slot(unit: FilamentUnit, slot: Slot) {
    const ref = { unit: unit.id, slot: slot.id };
    const isChosen = this.value?.unit === ref.unit && this.value.slot === ref.slot;
    const fit = fitOf(this.filament, ref, slot);
    const isNever = isImpossible(fit);
    const isOne = unit.slots.length === 1;
    const name = placeName(unit, slot);
    return html`
      <label class="slot ${isNever ? "never" : ""}" title=${this.#hint(fit, unit, slot)}>
        <input
          type="radio"
          name="slot"
          ?disabled=${isNever && !isChosen}
          .checked=${isChosen}
          @change=${() => {
            this.#choose(ref);
          }}
        />
        <odin-filament-chip .slotState=${slot} .number=${isOne ? "" : numberOf(unit, slot)} aria-hidden="true"></odin-filament-chip>
        <span><b>${name}</b><span>${this.#words(fit, slot)}</span></span>
      </label>
    `;
  }

  #words(fit: Fit, slot: Slot): string {
    if (fit === "other_head") return t("files.fit.other_head");
    return fit === "empty" ? t("filament.empty") : (slot.material ?? t("files.not_known"));
  }

  #hint(fit: Fit, unit: FilamentUnit, slot: Slot): string {
    if (fit !== "other_head") return describe(slot);
    return t("files.fit.other_head.why", { unit: unit.name, head: this.#head(unit.nozzle) });
  }

  #head(head: number | null): string {
    const { heads, head_names: names } = this.printer.capabilities;
    return headName(head, heads, names);
  }

  #unused() {
    return html`
      <label class="slot">
        <input
          type="radio"
          name="slot"
          .checked=${this.value === null}
          @change=${() => {
            this.#choose(null);
          }}
        />
        <span>${t("files.unused")}</span>
      </label>
    `;
  }

  #note() {
    const text = this.#doubt();
    return text ? html`<p class="note" role="status"><odin-icon .path=${warning}></odin-icon><span>${text}</span></p>` : nothing;
  }

  /** What speaks against the choice, or why none was proposed. */
  #doubt(): string {
    const { filament, value, printer } = this;
    if (!value) return filament?.material ? t("files.no_slot", { material: filament.material }) : "";
    const unit = printer.filament_units.find(({ id }) => id === value.unit);
    const slot = unit?.slots.find(({ id }) => id === value.slot);
    if (!unit || !slot) return t("files.slot_gone");
    const fit = fitOf(filament, value, slot);
    return isImpossible(fit) ? this.#hint(fit, unit, slot) : fitNote(fit, filament, slot);
  }

  #choose(value: SlotRef | null): void {
    this.dispatchEvent(new CustomEvent("odin-change", { detail: { value } }));
    this.requestUpdate();
  }
}

/** The file's filament as if it were in a slot, to be drawn like one. */
function drawn({ index, material, color }: PlateFilament): Slot {
  return {
    id: index,
    is_occupied: true,
    is_active: false,
    material,
    preset_id: null,
    product: null,
    color,
    colors: [],
    color_kind: "solid",
    remaining_pct: null,
    spool_weight_g: null,
    diameter_mm: null,
    nozzle_min_c: null,
    nozzle_max_c: null,
    bed_c: null,
    drying_c: null,
    drying_hours: null,
    k: null,
    calibration_index: null,
    tag_uid: null,
    spool_uid: null,
    spool_id: null,
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-file-slots": OdinFileSlots;
  }
}
