import type { PropertyValues } from "lit";
import { html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { configureSlot, readFilamentPresets } from "../../api/filament";
import type { ConfigureSlotBody, Slot } from "../../api/types";
import "../../components/dialog/dialog";
import { field } from "../../components/field/field";
import { parseColor } from "../../components/filament-chip/color";
import { check } from "../../components/icon/icons";
import "../../components/kit/press";
import "../../components/kit/stepper";
import "../../components/spool/spool";
import { t, word } from "../../localize";
import { Asked } from "../../store/asked";
import { Slice } from "../../store/store";
import type { Draft, DraftProblem, Preset } from "./presets";
import { bodyOf, draftOf, presetsFor } from "./presets";
import { PrinterSection } from "./section";
import { colorField } from "./slot-color";
import { styles } from "./slot-editor-styles";

const OTHER = "other";

/**
 * Says what hangs in a slot whose tag nobody can read.
 *
 * Properties: `printer`, `unitId`, `slotState`, `place`. Events: `odin-close` (done, or given up).
 */
@customElement("odin-slot-editor")
export class OdinSlotEditor extends PrinterSection {
  static override styles = styles;

  @property({ type: Number, attribute: "unit-id" }) unitId = 0;
  @property({ attribute: false }) slotState!: Slot;
  /** What the slot is called. */
  @property() place = "";
  @state() private draft!: Draft;
  @state() private problem: DraftProblem | undefined;
  /** Whether the preset is named by its id instead of being chosen; nobody said as long as it is `undefined`. */
  @state() private wantsOther: boolean | undefined;
  readonly #printers = new Slice(this, () => this.services.store, (all) => all.live.printers.items);
  readonly #offered = new Asked(this, () => readFilamentPresets(this.transport, this.printer));
  #presets: readonly Preset[] = [];

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    this.#presets = presetsFor(this.printer.family, this.#offered.value ?? [], Object.values(this.#printers.value ?? {}));
    if (this.hasUpdated) return;
    this.draft = draftOf(this.slotState);
  }

  private get isOther(): boolean {
    return this.wantsOther ?? (!this.#offered.isAsking && this.#presets.length === 0);
  }

  protected override render() {
    return html`
      <odin-dialog .heading=${t("editor.title", { place: this.place })} .isOpen=${true} @odin-close=${this.#close}>
        <form @submit=${this.#submitted}>
          ${this.slotState.tag_uid === null ? nothing : html`<p class="sub">${t("editor.has_tag")}</p>`}
          <div class="top">
            ${this.#picture()}
            <div class="fields">${this.#preset()} ${this.isOther ? this.#byId() : nothing}</div>
          </div>
          ${colorField(this.draft, this.problem === "color", this.#change)} ${this.#temperatures()} ${this.#k()}
          <button class="vh" type="submit" tabindex="-1" aria-hidden="true"></button>
        </form>
        <button slot="actions" class="button" type="button" @click=${this.#close}>${t("confirm.no")}</button>
        ${this.#save()}
      </odin-dialog>
    `;
  }

  #picture() {
    const color = parseColor(`${this.draft.color.slice(0, 7)}${this.draft.isClear ? "00" : ""}`);
    return html`<odin-spool .colors=${color ? [color] : []} .remaining=${this.slotState.remaining_pct}></odin-spool>`;
  }

  #preset() {
    const chosen = this.isOther ? OTHER : this.draft.presetId;
    const isListed = this.#presets.some(({ id }) => id === chosen);
    const group = (isGeneric: boolean) => {
      const some = this.#presets.filter((preset) => preset.isGeneric === isGeneric);
      if (some.length === 0) return nothing;
      return html`
        <optgroup label=${isGeneric ? t("editor.generic") : t("editor.seen")}>
          ${some.map(({ id, name, material }) => {
            const text = name === material || name.includes(material) ? name : t("editor.preset", { name, material });
            return html`<option value=${id} ?selected=${id === chosen}>${text}</option>`;
          })}
        </optgroup>
      `;
    };
    return html`
      <div class="field">
        <label for="preset">${t("editor.filament")}</label>
        <select id="preset" aria-describedby="preset-note" @change=${this.#presetChosen}>
          ${isListed || this.isOther ? nothing : html`<option value=${this.draft.presetId} selected>${this.draft.material || t("editor.choose")}</option>`}
          ${group(false)} ${group(true)}
          <option value=${OTHER} ?selected=${this.isOther}>${t("editor.other")}</option>
        </select>
        ${this.#note("preset", this.problem === "preset" && !this.isOther ? word("editor.wrong", "preset") : this.#offered.problem)}
      </div>
    `;
  }

  #byId() {
    return html`
      <div class="pair">
        ${field({
          name: "preset_id",
          label: t("editor.preset_id"),
          value: this.draft.presetId,
          isCode: true,
          error: this.problem === "preset" ? t("editor.wrong.preset") : undefined,
          onInput: (_, presetId) => {
            this.#change({ presetId });
          },
        })}
        ${field({
          name: "material",
          label: t("slot.material"),
          value: this.draft.material,
          error: this.problem === "material" ? t("editor.wrong.material") : undefined,
          onInput: (_, material) => {
            this.#change({ material });
          },
        })}
      </div>
    `;
  }

  #temperatures() {
    const most = this.printer.capabilities.nozzle_max_c;
    const stepper = (label: string, value: number | null, set: (value: number) => void) => html`
      <div class="line">
        <span>${label}</span>
        <odin-stepper
          .label=${label}
          .value=${value}
          .min=${0}
          .max=${most ?? 0}
          .step=${5}
          unit="°"
          .empty=${t("kit.unknown")}
          .disabled=${most === null}
          .reason=${t("editor.max_unknown")}
          @odin-change=${(event: CustomEvent<{ value: number }>) => {
            set(event.detail.value);
          }}
        ></odin-stepper>
      </div>
    `;
    return html`
      <div class="field">
        ${stepper(t("editor.nozzle_min"), this.draft.nozzleMin, (nozzleMin) => {
          this.#change({ nozzleMin });
        })}
        ${stepper(t("editor.nozzle_max"), this.draft.nozzleMax, (nozzleMax) => {
          this.#change({ nozzleMax });
        })}
        ${most === null ? html`<p class="sub">${t("editor.max_unknown")}</p>` : nothing}
        ${this.#note("temperatures", this.problem === "temperatures" ? t("editor.wrong.temperatures") : undefined)}
      </div>
    `;
  }

  #k() {
    return field({
      name: "k",
      label: t("editor.k"),
      value: this.draft.k,
      hint: t("editor.k.hint"),
      isOptional: true,
      error: this.problem === "k" ? t("editor.wrong.k") : undefined,
      onInput: (_, k) => {
        this.#change({ k });
      },
    });
  }

  #note(name: string, error: string | undefined) {
    return html`<div id=${`${name}-note`} class="note" aria-live="polite">${error ? html`<p class="wrong">${error}</p>` : nothing}</div>`;
  }

  #save() {
    const unknown = this.printer.capabilities.nozzle_max_c === null ? t("editor.max_unknown") : "";
    const lock = this.lock("configure_slot") || unknown;
    return html`
      <odin-press
        slot="actions"
        kind="primary"
        .icon=${check}
        .press=${this.presses.of("save")}
        .disabled=${lock !== ""}
        .reason=${lock}
        @click=${this.#submitted}
        @odin-forget=${() => {
          this.presses.forget("save");
        }}
        >${t("editor.save")}</odin-press
      >
    `;
  }

  readonly #change = (part: Partial<Draft>): void => {
    this.draft = { ...this.draft, ...part };
    this.problem = undefined;
  };

  readonly #presetChosen = (event: Event): void => {
    const id = (event.currentTarget as HTMLSelectElement).value;
    this.wantsOther = id === OTHER;
    const preset = this.#presets.find((each) => each.id === id);
    if (!preset) return;
    this.#change({
      presetId: preset.id,
      material: preset.material,
      nozzleMin: preset.nozzle_min_c,
      nozzleMax: preset.nozzle_max_c,
    });
  };

  readonly #submitted = async (event: Event): Promise<void> => {
    event.preventDefault();
    const made = bodyOf(this.draft);
    if ("problem" in made) {
      this.problem = made.problem;
      return;
    }
    const slot = { unit: this.unitId, slot: this.slotState.id };
    const call = () => configureSlot(this.transport, this.printer.id, slot, made.body);
    if (!(await this.presses.press("save", call, () => this.#shows(made.body)))) return;
    this.services.toasts.show("done", t("editor.saved", { place: this.place }));
    this.#close();
  };

  #shows(body: ConfigureSlotBody): boolean {
    return this.slotState.material === body.material && this.slotState.color === body.color;
  }

  readonly #close = (): void => {
    this.dispatchEvent(new CustomEvent("odin-close"));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-slot-editor": OdinSlotEditor;
  }
}
