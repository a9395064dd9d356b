import { LitElement, html } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { FilamentUnit, Printer, Slot, SlotRef } from "../../api/types";
import "../../components/filament-chip/filament-chip";
import { describe } from "../../components/filament-chip/filament-chip";
import "../../components/kit/stepper";
import "../../components/kit/switch";
import { t } from "../../localize";
import { styles } from "./start-styles";

const PLATES_MOST = 99;
const FILAMENTS_MOST = 16;

/**
 * Which plate of a file, from which slots, with which care. What the file needs is not known here: a person says it.
 *
 * Properties: `printer`, `file`. Events: `odin-change` (`detail.value`, the order without its file).
 */
@customElement("odin-start-form")
export class OdinStartForm extends LitElement {
  static override styles = styles;

  @property({ attribute: false }) printer!: Printer;
  @property() file = "";
  @state() private plate = 1;
  @state() private slots: readonly (SlotRef | null)[] = [null];
  @state() private levelsBed = true;
  @state() private recordsTimelapse = false;

  protected override firstUpdated(): void {
    this.slots = [this.#only()];
  }

  protected override updated(): void {
    const value = {
      plate: this.plate,
      mapping: this.printer.filament_units.length > 0 ? this.slots : [],
      options: { bed_leveling: this.levelsBed, timelapse: this.recordsTimelapse },
    };
    const text = JSON.stringify(value);
    if (text === this.#told) return;
    this.#told = text;
    this.dispatchEvent(new CustomEvent("odin-change", { detail: { value } }));
  }

  #told = "";

  protected override render() {
    return html`
      <div class="option">
        <span>${t("start.plate")}</span>
        <odin-stepper
          .value=${this.plate}
          .min=${1}
          .max=${PLATES_MOST}
          .label=${t("start.plate")}
          @odin-change=${this.#chosePlate}
        ></odin-stepper>
      </div>
      ${this.printer.filament_units.length > 0 ? this.#filaments() : html`<p class="sub hint">${t("start.no_units")}</p>`}
      ${this.#option("start.level", this.levelsBed, this.#choseLevel)}
      ${this.#option("start.timelapse", this.recordsTimelapse, this.#choseTimelapse)}
    `;
  }

  #filaments() {
    return html`
      <p class="sub hint">${t("start.filaments")}</p>
      ${this.slots.map((chosen, index) => this.#filament(chosen, index))}
      ${
        this.slots.length < FILAMENTS_MOST
          ? html`<button class="button plain" type="button" @click=${this.#added}>${t("start.more")}</button>`
          : ""
      }
    `;
  }

  #filament(chosen: SlotRef | null, index: number) {
    const n = index + 1;
    return html`
      <fieldset>
        <legend>${t("start.filament", { n })}</legend>
        <div class="slots">
          ${this.printer.filament_units.flatMap((unit) => unit.slots.map((slot) => this.#slot(unit, slot, chosen, index)))}
          ${
            this.slots.length > 1
              ? html`
                  <label class="slot none">
                    <input type="radio" name="filament-${n}" .checked=${chosen === null} @change=${() => { this.#choose(index, null); }} />
                    <span>${t("start.unused")}</span>
                  </label>
                `
              : ""
          }
        </div>
      </fieldset>
    `;
  }

  #slot(unit: FilamentUnit, slot: Slot, chosen: SlotRef | null, index: number) {
    const isEmpty = slot.is_occupied === false;
    const name = unit.slots.length > 1 ? t("start.slot", { unit: unit.name, n: slot.id + 1 }) : unit.name;
    return html`
      <label class="slot ${isEmpty ? "empty" : ""}" title=${describe(slot)}>
        <input
          type="radio"
          name="filament-${index + 1}"
          ?disabled=${isEmpty}
          .checked=${chosen?.unit === unit.id && chosen.slot === slot.id}
          @change=${() => { this.#choose(index, { unit: unit.id, slot: slot.id }); }}
        />
        <odin-filament-chip .slotState=${slot} .number=${unit.slots.length > 1 ? String(slot.id + 1) : ""}></odin-filament-chip>
        <span>${name}</span>
      </label>
    `;
  }

  #option(key: "start.level" | "start.timelapse", isOn: boolean, set: (event: CustomEvent<{ value: boolean }>) => void) {
    return html`
      <div class="option">
        <span>${t(key)}</span>
        <odin-switch
          .checked=${isOn}
          .label=${t(key)}
          @odin-change=${set}
        ></odin-switch>
      </div>
    `;
  }

  readonly #chosePlate = (event: CustomEvent<{ value: number }>): void => {
    this.plate = Math.round(event.detail.value);
  };

  readonly #choseLevel = (event: CustomEvent<{ value: boolean }>): void => {
    this.levelsBed = event.detail.value;
  };

  readonly #choseTimelapse = (event: CustomEvent<{ value: boolean }>): void => {
    this.recordsTimelapse = event.detail.value;
  };

  #choose(index: number, slot: SlotRef | null): void {
    this.slots = this.slots.map((before, i) => (i === index ? slot : before));
  }

  readonly #added = (): void => {
    this.slots = [...this.slots, null];
  };

  /** Where there is one spool there is nothing to choose. */
  #only(): SlotRef | null {
    const filled = this.printer.filament_units.flatMap((unit) =>
      unit.slots.filter((slot) => slot.is_occupied !== false).map((slot) => ({ unit: unit.id, slot: slot.id })),
    );
    return filled.length === 1 ? (filled[0] ?? null) : null;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-start-form": OdinStartForm;
  }
}
