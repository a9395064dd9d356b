import { LitElement, html } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Printer } from "../../api/types";
import "../../components/kit/segmented";
import "../../components/kit/switch";
import { t } from "../../localize";
import type { OptionName, Options } from "./files-order";
import { isThreeWay, optionsOf } from "./files-order";
import { startStyles } from "./files-styles";

const THREE = ["auto", "on", "off"] as const;

/**
 * What a printer does before and during a print, as far as this machine can.
 *
 * Properties: `printer`, `value`. Events: `odin-change` (`detail.value`).
 */
@customElement("odin-file-options")
export class OdinFileOptions extends LitElement {
  static override styles = startStyles;

  @property({ attribute: false }) printer!: Printer;
  @property({ attribute: false }) value!: Options;

  protected override render() {
    return html`
      <div role="group" aria-label=${t("files.options")}>
        ${optionsOf(this.printer).map((name) => html`<div class="option"><span>${t(`files.option.${name}`)}</span>${this.#control(name)}</div>`)}
      </div>
    `;
  }

  #control(name: OptionName) {
    const label = t(`files.option.${name}`);
    const value = this.value[name] ?? null;
    if (!isThreeWay(name)) {
      return html`
        <odin-switch
          .checked=${value === true}
          .label=${label}
          @odin-change=${(event: CustomEvent<{ value: boolean }>) => {
            this.#set(name, event.detail.value);
          }}
        ></odin-switch>
      `;
    }
    return html`
      <odin-segmented
        .label=${label}
        .options=${THREE.map((each) => ({ value: each, label: t(`files.choice.${each}`) }))}
        .value=${value === null ? "auto" : value ? "on" : "off"}
        @odin-change=${(event: CustomEvent<{ value: (typeof THREE)[number] }>) => {
          this.#set(name, { auto: null, on: true, off: false }[event.detail.value]);
        }}
      ></odin-segmented>
    `;
  }

  #set(name: OptionName, value: boolean | null): void {
    this.dispatchEvent(new CustomEvent("odin-change", { detail: { value: { ...this.value, [name]: value } } }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-file-options": OdinFileOptions;
  }
}
