import { css, html, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";

import { runMacro } from "../../api/control";
import { changePrinter } from "../../api/upkeep";
import { macro as icon } from "../../components/icon/icons";
import "../../components/kit/press";
import { t } from "../../localize";
import { styles } from "./control-styles";
import { failure, fold } from "./row";
import { PrinterSection } from "./section";

const SHOWN_AT_ONCE = 60;

/**
 * The macros that the owner made buttons of, and, for those who may, the choice of which those are.
 *
 * Properties: `printer`.
 */
@customElement("odin-printer-macros")
export class OdinPrinterMacros extends PrinterSection {
  static override styles = [
    ...styles,
    css`
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        padding: 8px 0;
      }

      .choices {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(200px, 1fr));
        gap: 2px 12px;
        max-height: 320px;
        overflow: auto;
      }

      .choices label {
        display: flex;
        gap: 8px;
        align-items: center;
        min-height: 40px;
        overflow-wrap: anywhere;
      }

      input[type="checkbox"] {
        flex: none;
        width: 18px;
        height: 18px;
        margin: 0;
        accent-color: var(--o-accent);
      }

      input[type="search"] {
        width: 100%;
        min-height: 40px;
        padding: 0 12px;
        border: 1px solid var(--o-control);
        border-radius: var(--o-r-control);
        background: var(--o-sunken);
        color: inherit;
        font: inherit;
        font-size: 16px;
      }
    `,
  ];

  @state() private sought = "";

  protected override isEmpty(): boolean {
    const { capabilities, macro_buttons: buttons } = this.printer;
    return !this.can("run_macro") || capabilities.macros.length === 0 || (buttons.length === 0 && !this.may("manage:printers"));
  }

  protected override render() {
    if (this.isEmpty()) return nothing;
    const { capabilities, macro_buttons: chosen } = this.printer;
    const shown = chosen.filter((name) => capabilities.macros.includes(name));
    return html`
      ${shown.length > 0 ? html`<h3>${t("macros.title")}</h3>` : nothing}
      <div class="buttons">${shown.map((name) => this.#button(name))}</div>
      ${this.may("manage:printers") ? this.#choice() : nothing}
    `;
  }

  #button(name: string) {
    const lock = this.lock("run_macro");
    return html`
      <odin-press
        .press=${this.presses.of(name)}
        .disabled=${lock !== ""}
        .reason=${lock}
        @click=${() => this.presses.press(name, () => runMacro(this.transport, this.printer.id, name))}
        @odin-forget=${() => {
          this.presses.forget(name);
        }}
        >${words(name)}</odin-press
      >
    `;
  }

  #choice() {
    const { capabilities, macro_buttons: chosen } = this.printer;
    const sought = this.sought.trim().toLowerCase();
    const found = capabilities.macros.filter((name) => name.toLowerCase().includes(sought));
    return html`
      <details>
        ${fold(icon, t("macros.choose"))}
        <div class="inside">
          <p class="hint">${t("macros.choose.what")}</p>
          ${
            capabilities.macros.length > SHOWN_AT_ONCE
              ? html`<input type="search" aria-label=${t("macros.search")} placeholder=${t("macros.search")} @input=${this.#typed} />`
              : nothing
          }
          <div class="choices">
            ${found.map(
              (name) => html`
                <label>
                  <input
                    type="checkbox"
                    .checked=${chosen.includes(name)}
                    @change=${(event: Event) => this.#marked(name, (event.currentTarget as HTMLInputElement).checked)}
                  />${words(name)}
                </label>
              `,
            )}
          </div>
          ${failure(this.presses, "choice")}
        </div>
      </details>
    `;
  }

  readonly #typed = (event: Event): void => {
    this.sought = (event.currentTarget as HTMLInputElement).value;
  };

  #marked(name: string, isChosen: boolean) {
    const { macro_buttons: before } = this.printer;
    const after = isChosen ? [...before, name] : before.filter((each) => each !== name);
    return this.presses.press("choice", () => changePrinter(this.transport, this.printer.id, { macro_buttons: after }));
  }
}

/** Macros are called `LOAD_FILAMENT`; people read words. */
export function words(name: string): string {
  const text = name.replaceAll("_", " ").trim().toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-macros": OdinPrinterMacros;
  }
}
