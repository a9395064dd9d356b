import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import "../../components/dialog/dialog";
import "../../components/kit/switch";
import { t, word } from "../../localize";
import { keep, kept } from "../../store/kept";
import { base } from "../../theme/controls";
import { SEARCH_ALWAYS, bindings } from "./keymap";
import type { Binding } from "./keymap";
import { surroundings } from "./surroundings";

const CHOICE = "odin-single-keys";

/** Whether single keys do something on this device; whoever dictates to the computer may not want it. */
export function singleKeysWork(): boolean {
  return kept(CHOICE) !== "off";
}

/**
 * What the keyboard does, and the switch for single keys.
 *
 * Properties: `isOpen`. Events: `odin-close`.
 */
@customElement("odin-shortcuts")
export class OdinShortcuts extends LitElement {
  static override styles = [
    base,
    css`
      dl {
        display: grid;
        gap: 10px;
      }

      .row {
        display: flex;
        gap: 12px;
        align-items: center;
        justify-content: space-between;
      }

      dd,
      .choice {
        flex: none;
      }

      kbd {
        display: inline-block;
        min-width: 26px;
        padding: 3px 7px;
        border: 1px solid var(--o-line-strong);
        border-radius: 6px;
        background: var(--o-sunken);
        font: var(--o-t-s) var(--o-mono);
        text-align: center;
      }

      .choice {
        padding-top: 8px;
        border-top: 1px solid var(--o-line);
      }
    `,
  ];

  @property({ type: Boolean, attribute: "open" }) isOpen = false;
  @state() private isOn = singleKeysWork();

  protected override render() {
    const { foreignKeys } = surroundings();
    const [search, ...others] = bindings(foreignKeys);
    return html`
      <odin-dialog .heading=${t("keys.title")} .isOpen=${this.isOpen} @odin-close=${this.#closed}>
        <dl>
          ${search ? this.#bound(search) : nothing}
          ${
            foreignKeys.includes(SEARCH_ALWAYS)
              ? nothing
              : this.#row(t("keys.search_always"), [t("keys.ctrl"), "K"])
          }
          ${others.map((each) => this.#bound(each))}
          ${this.#row(t("keys.close"), [t("keys.escape")])}
        </dl>
        <div class="row choice">
          <span>${t("keys.single")}</span>
          <odin-switch .label=${t("keys.single")} .checked=${this.isOn} @odin-change=${this.#switched}></odin-switch>
        </div>
      </odin-dialog>
    `;
  }

  #bound({ keys, command }: Binding) {
    return this.#row(word("keys", command), keys);
  }

  #row(what: string, keys: readonly string[]) {
    return html`
      <div class="row">
        <dt>${what}</dt>
        <dd>${keys.map((key) => html` <kbd>${key}</kbd>`)}</dd>
      </div>
    `;
  }

  readonly #switched = (event: CustomEvent<{ value: boolean }>): void => {
    this.isOn = event.detail.value;
    keep(CHOICE, this.isOn ? "on" : "off");
  };

  readonly #closed = (): void => {
    this.dispatchEvent(new CustomEvent("odin-close"));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-shortcuts": OdinShortcuts;
  }
}
