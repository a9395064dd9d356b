import { html, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";

import { loadFilament, readTag, startDrying, stopDrying, unloadFilament } from "../../api/filament";
import type { DryBody, FilamentUnit, Slot, SlotRef } from "../../api/types";
import "../../components/ams-unit/ams-unit";
import { isActive, isDrying, placeName } from "../../components/ams-unit/words";
import { confirm } from "../../components/kit/confirm";
import { t, word } from "../../localize";
import { degrees } from "../../localize/format";
import "./drying-sheet";
import { styles } from "./filament-styles";
import { failure } from "./row";
import { PrinterSection } from "./section";
import "./slot-editor";
import type { SlotAction, SlotDesk } from "./slot-sheet";
import { slotSheet } from "./slot-sheet";

interface Place {
  readonly unit: number;
  /** `null` is the unit itself. */
  readonly slot: number | null;
}

/**
 * Every holder of spools of a printer, drawn as it stands beside it, and what can be done with each.
 *
 * Properties: `printer`.
 */
@customElement("odin-printer-filament")
export class OdinPrinterFilament extends PrinterSection {
  static override styles = styles;

  /** What is unfolded: only that is drawn. */
  @state() private unfolded: Place | undefined;
  @state() private edited: SlotRef | undefined;
  /** Names of presses whose sheet may have been folded before they failed. */
  readonly #tried = new Map<string, Place>();

  protected override isEmpty(): boolean {
    return this.printer.filament_units.length === 0;
  }

  protected override render() {
    const { printer } = this;
    const change = printer.filament_change;
    return html`
      <section class="card" aria-labelledby="title">
        <div class="card-head">
          <h2 id="title">${t("filament.title")}</h2>
          <span class="sub ${change === "none" ? "" : "doing"}" role="status">
            ${this.isOld ? t("filament.old") : change === "none" ? this.#hint() : word("filament.change", change)}
          </span>
        </div>
        <div class="units">${printer.filament_units.map((unit) => this.#unit(unit))}</div>
        ${this.#failures()}
      </section>
      ${this.#editor()}
    `;
  }

  #hint(): string {
    const canTell = (["load_filament", "read_filament", "configure_slot"] as const).some((kind) => this.can(kind));
    return canTell && this.may("control:printers") ? t("filament.hint") : t("filament.hint_look");
  }

  #unit(unit: FilamentUnit) {
    const active = unit.slots.find((slot) => isActive(this.printer, unit, slot));
    return html`
      <odin-ams-unit
        class=${sizeOf(unit)}
        .unit=${unit}
        .activeSlot=${active?.id ?? null}
        .heads=${this.printer.capabilities.heads}
        .headNames=${this.printer.capabilities.head_names}
        .canBeSet=${this.can("configure_slot")}
        .faults=${this.printer.faults}
        .isOld=${this.isOld}
        .hasMenu=${unit.drying !== null && (this.can("start_drying") || isDrying(unit.drying))}
        @odin-unfold=${(event: CustomEvent<{ value: number | null }>) => {
          this.unfolded = { unit: unit.id, slot: event.detail.value };
        }}
        @odin-fold=${(event: CustomEvent<{ value: number | null }>) => {
          if (this.#isUnfolded(unit.id, event.detail.value)) this.unfolded = undefined;
        }}
        >${this.#sheet(unit)}</odin-ams-unit
      >
    `;
  }

  #isUnfolded(unit: number, slot: number | null): boolean {
    return this.unfolded?.unit === unit && this.unfolded.slot === slot;
  }

  #sheet(unit: FilamentUnit) {
    if (this.#isUnfolded(unit.id, null)) return html`<div slot="unit">${this.#dryingSheet(unit)}</div>`;
    const slot = unit.slots.find((each) => this.#isUnfolded(unit.id, each.id));
    return slot ? html`<div slot=${`slot-${slot.id}`}>${slotSheet(this.#desk(unit, slot), unit, slot)}</div>` : nothing;
  }

  #desk(unit: FilamentUnit, slot: Slot): SlotDesk {
    const ref = { unit: unit.id, slot: slot.id };
    const name = (action: SlotAction) => `${action}-${unit.id}-${slot.id}`;
    return {
      printer: this.printer,
      can: (kind) => this.can(kind),
      lock: (kind) => this.lock(kind),
      press: (action) => this.presses.of(name(action)),
      forget: (action) => {
        this.presses.forget(name(action));
      },
      run: (action) => {
        if (action === "configure") this.edited = ref;
        else void this.#run(name(action), action, ref, unit.nozzle ?? 0);
      },
    };
  }

  #run(name: string, action: Exclude<SlotAction, "configure">, ref: SlotRef, nozzle: number): Promise<boolean> {
    const { transport, printer } = this;
    this.#tried.set(name, ref);
    const isFed = () => this.printer.active_slot?.unit === ref.unit && this.printer.active_slot.slot === ref.slot;
    if (action === "read") return this.presses.press(name, () => readTag(transport, printer.id, ref));
    if (action === "load") return this.presses.press(name, () => loadFilament(transport, printer.id, ref), isFed);
    return this.presses.press(
      name,
      () => unloadFilament(transport, printer.id, nozzle),
      () => !isFed(),
    );
  }

  #dryingSheet(unit: FilamentUnit) {
    const name = `dry-${unit.id}`;
    return html`
      <odin-drying-sheet
        .unit=${unit}
        .press=${this.presses.of(name)}
        .lock=${this.lock(isDrying(unit.drying) ? "stop_drying" : "start_drying")}
        @odin-dry=${(event: CustomEvent<{ value: DryBody }>) => this.#dry(name, unit, event.detail.value)}
        @odin-dry-stop=${() => this.#stopDrying(name, unit)}
        @odin-forget=${() => {
          this.presses.forget(name);
        }}
      ></odin-drying-sheet>
    `;
  }

  #dry(name: string, unit: FilamentUnit, how: DryBody): Promise<boolean> {
    this.#tried.set(name, { unit: unit.id, slot: null });
    return this.presses.press(
      name,
      () => startDrying(this.transport, this.printer.id, unit.id, how),
      () => this.#isDrying(unit.id),
    );
  }

  async #stopDrying(name: string, unit: FilamentUnit): Promise<void> {
    const target = unit.drying?.target_c ?? null;
    const question = {
      heading: t("dry.stop.question", { unit: unit.name }),
      text: target === null ? t("dry.stop.text") : t("dry.stop.text_at", { degrees: degrees(target) }),
      label: t("dry.stop"),
    };
    if (!(await confirm(this, question))) return;
    this.#tried.set(name, { unit: unit.id, slot: null });
    await this.presses.press(
      name,
      () => stopDrying(this.transport, this.printer.id, unit.id),
      () => !this.#isDrying(unit.id),
    );
  }

  #isDrying(id: number): boolean {
    const unit = this.printer.filament_units.find((each) => each.id === id);
    return unit !== undefined && isDrying(unit.drying);
  }

  /** What failed after its sheet was folded is told below the units. */
  #failures() {
    return [...this.#tried]
      .filter(([, place]) => !this.#isUnfolded(place.unit, place.slot))
      .map(([name]) => failure(this.presses, name));
  }

  #editor() {
    const ref = this.edited;
    const unit = this.printer.filament_units.find((each) => each.id === ref?.unit);
    const slot = unit?.slots.find((each) => each.id === ref?.slot);
    if (!unit || !slot) return nothing;
    return html`
      <odin-slot-editor
        .printer=${this.printer}
        .place=${placeName(unit, slot)}
        .unitId=${unit.id}
        .slotState=${slot}
        @odin-close=${() => {
          this.edited = undefined;
        }}
      ></odin-slot-editor>
    `;
  }
}

function sizeOf({ slots, kind }: FilamentUnit): string {
  if (slots.length > 2) return "four";
  if (slots.length === 2) return "two";
  return kind === "external" ? "" : "boxed";
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-filament": OdinPrinterFilament;
  }
}
