import { css, html, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";

import { setActiveSpool } from "../../api/control";
import "../../components/icon/icon";
import { spool } from "../../components/icon/icons";
import "../../components/kit/press";
import { t } from "../../localize";
import { styles } from "./control-styles";
import { PrinterSection } from "./section";

/**
 * Which of Spoolman's spools the machine's host takes for the one in use, and another one's number.
 *
 * Properties: `printer`.
 */
@customElement("odin-printer-spool")
export class OdinPrinterSpool extends PrinterSection {
  static override styles = [
    ...styles,
    css`
      /* Below its words: a refusal needs the room beside the button. */
      form {
        grid-column: 2 / -1;
        display: flex;
        gap: 8px;
        align-items: flex-start;
        padding: 6px 0 10px;
      }

      .value {
        grid-column: 3 / -1;
      }

      input {
        flex: none;
        width: 108px;
        min-height: var(--o-touch);
        padding: 0 10px;
        border: 1px solid var(--o-control);
        border-radius: var(--o-r-control);
        background: var(--o-sunken);
        color: inherit;
        font: inherit;
        font-size: 16px;
      }
    `,
  ];

  /** What was typed and is not sent yet. */
  @state() private typed: string | undefined;

  protected override isEmpty(): boolean {
    return !this.can("set_active_spool");
  }

  protected override render() {
    if (this.isEmpty()) return nothing;
    const [lock, number] = [this.lock("set_active_spool"), this.printer.active_spool_id];
    const isIdle = !this.typed && number === null;
    return html`
      <h3>${t("spool.title")}</h3>
      <ul class="rows">
        <li>
          <odin-icon .path=${spool}></odin-icon>
          <label for="number">${t("spool.number")} <small>${t("spool.hint")}</small></label>
          <span class="value">${number ?? t("spool.none")}</span>
          <form @submit=${this.#submitted}>
            <input
              id="number"
              inputmode="numeric"
              autocomplete="off"
              maxlength="9"
              ?disabled=${lock !== ""}
              .value=${live(this.typed ?? "")}
              @input=${this.#edited}
            />
            <odin-press
              .press=${this.presses.of("spool")}
              .disabled=${lock !== "" || isIdle}
              .reason=${lock || t("spool.type")}
              @click=${this.#set}
              @odin-forget=${() => {
                this.presses.forget("spool");
              }}
              >${this.typed || isIdle ? t("spool.set") : t("spool.clear")}</odin-press
            >
          </form>
        </li>
      </ul>
    `;
  }

  readonly #edited = (event: InputEvent): void => {
    // Digits only: nothing else is a number of a spool.
    this.typed = (event.currentTarget as HTMLInputElement).value.replaceAll(/\D/g, "");
    this.requestUpdate();
  };

  readonly #submitted = (event: Event): void => {
    event.preventDefault();
    void this.#set();
  };

  readonly #set = async (): Promise<void> => {
    const number = this.typed ? Number(this.typed) : null;
    // An empty field takes the spool away, if there is one.
    if (this.lock("set_active_spool") || number === this.printer.active_spool_id) return;
    const wasTaken = await this.presses.press(
      "spool",
      () => setActiveSpool(this.transport, this.printer.id, number),
      () => this.printer.active_spool_id === number,
    );
    if (wasTaken) this.typed = undefined;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-spool": OdinPrinterSpool;
  }
}
