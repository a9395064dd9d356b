import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { InstallNozzle, NozzleStatus } from "../../api/types";
import "../../components/dialog/dialog";
import { field } from "../../components/field/field";
import { check } from "../../components/icon/icons";
import "../../components/kit/press";
import "../../components/kit/segmented";
import { t, word } from "../../localize";
import { millimetres } from "../../localize/format";
import type { HeadNames } from "../../localize/heads";
import type { Press } from "../../store/presses";
import { base, buttons, fields } from "../../theme/controls";
import { headTitle } from "./nozzle-text";

const DIAMETERS = [0.2, 0.4, 0.6, 0.8] as const;
const MATERIALS = ["stainless_steel", "hardened_steel", "tungsten_carbide", "brass"] as const;

/**
 * Notes a nozzle that was put into a head.
 *
 * Properties: `heads` (what is in them), `count` (of heads), `names` (how they are told apart), `press` (of noting). Events: `odin-note` (`detail.value`: the
 * nozzle), `odin-close`, `odin-forget`.
 */
@customElement("odin-nozzle-form")
export class OdinNozzleForm extends LitElement {
  static override styles = [
    base,
    buttons,
    fields,
    css`
      odin-segmented {
        display: block;
      }

      .field > .name {
        display: block;
        margin-bottom: 6px;
        font-size: var(--o-t-b);
        font-weight: var(--o-w-b);
      }
    `,
  ];

  @property({ attribute: false }) heads: readonly NozzleStatus[] = [];
  @property({ type: Number }) count = 1;
  @property() names: HeadNames = "sides";
  @property({ attribute: false }) press: Press = { phase: "rest" };
  @state() private head = 0;
  @state() private diameter: number | undefined;
  @state() private material: string | undefined;
  @state() private note = "";

  protected override render() {
    const before = this.heads.find(({ head }) => head === this.head);
    const diameter = this.diameter ?? before?.reported?.diameter_mm ?? before?.installed?.diameter_mm ?? 0.4;
    const material = this.material ?? before?.reported?.material ?? "";
    return html`
      <odin-dialog .heading=${t("nozzle.log")} .isOpen=${true} @odin-close=${this.#close}>
        <form @submit=${this.#submitted(diameter, material)}>
          <p class="sub">${t("nozzle.form.what")}</p>
          ${this.count > 1 ? this.#heads() : nothing}
          ${this.#diameters(diameter)} ${this.#materials(material)} ${this.#noteField()}
          <button class="vh" type="submit" tabindex="-1" aria-hidden="true"></button>
        </form>
        <button slot="actions" class="button" type="button" @click=${this.#close}>${t("confirm.no")}</button>
        <odin-press
          slot="actions"
          kind="primary"
          .icon=${check}
          .press=${this.press}
          @click=${this.#submitted(diameter, material)}
          @odin-forget=${() => {
            this.dispatchEvent(new CustomEvent("odin-forget"));
          }}
          >${t("nozzle.form.save")}</odin-press
        >
      </odin-dialog>
    `;
  }

  #diameters(chosen: number) {
    const options = [...new Set([...DIAMETERS, chosen])]
      .sort()
      .map((mm) => ({ value: String(mm), label: t("nozzle.diameter", { mm: millimetres(mm) }) }));
    return html`
      <div class="field">
        <span class="name">${t("nozzle.form.diameter")}</span>
        <odin-segmented
          .label=${t("nozzle.form.diameter")}
          .options=${options}
          .value=${String(chosen)}
          @odin-change=${(event: CustomEvent<{ value: string }>) => {
            this.diameter = Number(event.detail.value);
          }}
        ></odin-segmented>
      </div>
    `;
  }

  #materials(material: string) {
    return html`
      <div class="field">
        <label for="material">${t("slot.material")}</label>
        <select
          id="material"
          @change=${(event: Event) => {
            this.material = (event.currentTarget as HTMLSelectElement).value;
          }}
        >
          <option value="" ?selected=${material === ""}>${t("nozzle.form.material_unknown")}</option>
          ${[...new Set([...MATERIALS, ...(material ? [material] : [])])].map(
            (each) => html`<option value=${each} ?selected=${each === material}>${word("nozzle.material", each)}</option>`,
          )}
        </select>
      </div>
    `;
  }

  #noteField() {
    return field({
      name: "note",
      label: t("nozzle.form.note"),
      value: this.note,
      isOptional: true,
      onInput: (_, note) => {
        this.note = note;
      },
    });
  }

  #heads() {
    const all = Array.from({ length: this.count }, (_, head) => head);
    // As they sit: the left one is 1, tools count from the left.
    const heads = this.names === "sides" ? all.reverse() : all;
    return html`
      <div class="field">
        <span class="name">${t("nozzle.form.head")}</span>
        <odin-segmented
          .label=${t("nozzle.form.head")}
          .options=${heads.map((head) => ({ value: String(head), label: headTitle(head, this.count, this.names) }))}
          .value=${String(this.head)}
          @odin-change=${(event: CustomEvent<{ value: string }>) => {
            this.head = Number(event.detail.value);
            this.diameter = undefined;
            this.material = undefined;
          }}
        ></odin-segmented>
      </div>
    `;
  }

  #submitted(diameter_mm: number, material: string) {
    return (event: Event): void => {
      event.preventDefault();
      const value: InstallNozzle = {
        head: this.head,
        diameter_mm,
        material: material || null,
        note: this.note.trim(),
        at: null,
      };
      this.dispatchEvent(new CustomEvent("odin-note", { detail: { value } }));
    };
  }

  readonly #close = (): void => {
    this.dispatchEvent(new CustomEvent("odin-close"));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-nozzle-form": OdinNozzleForm;
  }
}
