import { html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { platePicture, readPlates } from "../../api/files";
import { ApiError } from "../../api/transport";
import type { FilePlate, PlateFilament, PrintOrder, SlotRef } from "../../api/types";
import "../../components/icon/icon";
import { info, warning } from "../../components/icon/icons";
import "../../components/kit/picture";
import "../../components/kit/skeleton";
import { t } from "../../localize";
import { decimal } from "../../localize/format";
import { plateFacts } from "./files-facts";
import { plateNumber } from "./files-plate-number";
import "./files-options";
import type { Options, Slots } from "./files-order";
import { mappingOf, orderProblem, otherNozzle, proposedSlots, usualOptions } from "./files-order";
import "./files-slots";
import { startStyles } from "./files-styles";
import { PrinterSection } from "./section";

const FILAMENTS_MOST = 16;

export type Ordering = { readonly order: Omit<PrintOrder, "file">; readonly problem: string } | undefined;

/**
 * Which plate of a file is printed, from which slots, with which care. Where the file tells nothing a person says it.
 *
 * Properties: `printer`, `file` (its name). Events: `odin-change` (`detail.value`, an `Ordering`; `undefined` while the file
 * is looked into).
 */
@customElement("odin-file-start")
export class OdinFileStart extends PrinterSection {
  static override styles = startStyles;

  @property() file = "";
  @state() private plates: readonly FilePlate[] | undefined;
  /** Why nobody knows what is in the file. */
  @state() private reason = "";
  /** Whether the engine looked and found nothing that can be printed. */
  @state() private isUnlikely = false;
  @state() private number = 1;
  @state() private slots: Slots = {};
  @state() private options: Options = usualOptions;
  @state() private pictures: Readonly<Record<number, string>> = {};
  #of = "";
  #told = "";

  protected override willUpdate(): void {
    // What is loaded decides which slots suit.
    const loaded = this.printer.filament_units.map(({ id, nozzle, slots }) => [
      [id, nozzle],
      slots.map(({ id, is_occupied, material, color, preset_id }) => [id, is_occupied, material, color, preset_id]),
    ]);
    const of = JSON.stringify([this.printer.id, this.file, loaded]);
    if (of === this.#of) return;
    this.#of = of;
    void this.#read();
  }

  protected override updated(): void {
    const value = this.#ordering();
    const text = JSON.stringify(value);
    if (text === this.#told) return;
    this.#told = text;
    this.dispatchEvent(new CustomEvent("odin-change", { detail: { value } }));
  }

  #ordering(): Ordering {
    if (!this.plates && !this.reason) return undefined;
    return {
      order: { plate: this.number, mapping: mappingOf(this.slots), options: this.options },
      problem: orderProblem(this.#plate?.filaments ?? [], this.slots, this.printer),
    };
  }

  get #plate(): FilePlate | undefined {
    return this.plates?.find(({ plate }) => plate === this.number);
  }

  protected override render() {
    if (!this.plates && !this.reason) {
      return html`<p class="sub" role="status">${t("files.looking")}</p><odin-skeleton .lines=${4}></odin-skeleton>`;
    }
    const plate = this.#plate;
    return html`
      ${plate ? this.#known(plate) : this.#unknown()}
      <odin-file-options
        .printer=${this.printer}
        .value=${this.options}
        @odin-change=${this.#choseOptions}
      ></odin-file-options>
    `;
  }

  #known(plate: FilePlate) {
    const nozzle = otherNozzle(plate, this.printer);
    return html`
      ${(this.plates?.length ?? 0) > 1 ? this.#choice() : this.#single(plate)}
      ${
        nozzle === null
          ? nothing
          : html`<p class="notice" role="status"><odin-icon .path=${warning}></odin-icon>${t("files.other_nozzle", { mm: decimal(nozzle) })}</p>`
      }
      ${plate.filaments.map((filament) => this.#slot(filament.index, filament))}
    `;
  }

  #single(plate: FilePlate) {
    return html`
      <div class="single">
        ${this.#picture(plate)}
        <ul class="facts-list">
          ${plateFacts(plate).map((fact) => html`<li>${fact}</li>`)}
        </ul>
      </div>
    `;
  }

  #choice() {
    return html`
      <fieldset class="plates">
        <legend>${t("files.plate")}</legend>
        ${this.plates?.map(
          (plate) => html`
            <label class="plate">
              <input
                type="radio"
                name="plate"
                .checked=${plate.plate === this.number}
                @change=${() => {
                  this.#choosePlate(plate);
                }}
              />
              ${this.#picture(plate)}
              <b>${t("files.plate_n", { n: plate.plate })}</b>
              <span class="sub">${plateFacts(plate).slice(0, 2).join(" · ")}</span>
            </label>
          `,
        )}
      </fieldset>
    `;
  }

  #picture({ plate, picture }: FilePlate) {
    return html`
      <odin-picture
        fit="contain"
        .src=${picture === null ? null : this.pictures[plate]}
        .alt=${t("files.picture", { n: plate })}
        .empty=${""}
      ></odin-picture>
    `;
  }

  #slot(index: number, filament: PlateFilament | undefined) {
    return html`
      <odin-file-slots
        .printer=${this.printer}
        .filament=${filament}
        .number=${index + 1}
        .value=${this.slots[index] ?? null}
        .mayBeUnused=${filament === undefined && Object.keys(this.slots).length > 1}
        @odin-change=${(event: CustomEvent<{ value: SlotRef | null }>) => {
          this.slots = { ...this.slots, [index]: event.detail.value };
        }}
      ></odin-file-slots>
    `;
  }

  #unknown() {
    const count = Object.keys(this.slots).length;
    return html`
      <div class="notice" role="status">
        <odin-icon .path=${this.isUnlikely ? warning : info}></odin-icon>
        <p>${this.reason || t("files.no_plate")} ${t(this.#needed(count))}</p>
      </div>
      ${this.#hasPlates ? plateNumber(this.number, this.#numbered) : nothing}
      ${Array.from({ length: count }, (_, index) => this.#slot(index, undefined))}
      ${
        count > 0 && count < FILAMENTS_MOST
          ? html`
              <button class="button plain more" type="button" @click=${() => { this.slots = { ...this.slots, [count]: null }; }}>
                ${t("files.more_filaments")}
              </button>
            `
          : nothing
      }
    `;
  }

  /** Only a project has several plates; G-code is one. */
  get #hasPlates(): boolean {
    return this.file.toLowerCase().endsWith(".3mf");
  }

  #needed(filaments: number) {
    if (!this.#hasPlates && filaments === 0) return "files.as_it_is";
    return this.isUnlikely ? "files.unlikely" : "files.say_it";
  }

  readonly #numbered = (number: number): void => {
    this.number = number;
  };

  readonly #choseOptions = (event: CustomEvent<{ value: Options }>): void => {
    this.options = event.detail.value;
  };

  #choosePlate(plate: FilePlate): void {
    this.number = plate.plate;
    this.slots = proposedSlots(plate.filaments);
  }

  async #read(): Promise<void> {
    const of = this.#of;
    try {
      const plates = await readPlates(this.transport, this.printer.id, this.file);
      if (of !== this.#of) return;
      this.#take(plates);
      await this.#address(plates);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (of === this.#of) this.#fail(error);
    }
  }

  #take(plates: readonly FilePlate[]): void {
    const isFirst = this.plates === undefined;
    [this.plates, this.reason] = [plates, ""];
    // What a person chose stays, though the spools are others now.
    if (!isFirst) return;
    if (plates[0]) this.#choosePlate(plates[0]);
    else this.slots = this.#bare();
  }

  #fail({ message, problem }: ApiError): void {
    if (this.plates !== undefined) return;
    if (this.reason === "") this.slots = this.#bare();
    this.reason = message;
    this.isUnlikely = (problem as { readonly because?: unknown } | undefined)?.because === "unreadable";
  }

  /** One filament, from the only spool where there is no other. */
  #bare(): Slots {
    const filled = this.printer.filament_units.flatMap((unit) =>
      unit.slots.filter((slot) => slot.is_occupied !== false).map((slot) => ({ unit: unit.id, slot: slot.id })),
    );
    const hasSlots = this.printer.filament_units.some((unit) => unit.slots.length > 0);
    return hasSlots ? { 0: filled.length === 1 ? (filled[0] ?? null) : null } : {};
  }

  async #address(plates: readonly FilePlate[]): Promise<void> {
    const missing = plates.filter(({ plate, picture }) => picture !== null && this.pictures[plate] === undefined);
    const found = await Promise.all(
      missing.map(async ({ plate }) => [plate, await platePicture(this.transport, this.printer.id, this.file, plate)] as const),
    );
    this.pictures = { ...this.pictures, ...Object.fromEntries(found) };
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-file-start": OdinFileStart;
  }
}
