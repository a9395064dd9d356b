import { css, html, nothing } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import { sendGcode } from "../../api/control";
import { console as prompt } from "../../components/icon/icons";
import "../../components/kit/press";
import { t } from "../../localize";
import "./console";
import { styles } from "./control-styles";
import { fold } from "./row";
import { PrinterSection } from "./section";

/**
 * What the machine says, and a line to it as it is, for those who may.
 *
 * Properties: `printer`.
 */
@customElement("odin-printer-gcode")
export class OdinPrinterGcode extends PrinterSection {
  static override styles = [
    ...styles,
    css`
      form {
        display: grid;
        gap: 8px;
        justify-items: start;
        padding-top: 8px;
      }

      label {
        font-size: var(--o-t-b);
        font-weight: var(--o-w-b);
      }

      textarea {
        width: 100%;
        min-height: 62px;
        padding: 10px 12px;
        border: 1px solid var(--o-control);
        border-radius: var(--o-r-control);
        background: var(--o-sunken);
        color: inherit;
        font: 16px/1.4 var(--o-mono);
        resize: vertical;
      }
    `,
  ];

  /** What was sent last, so that the next one need not be typed from nothing. */
  @state() private sent: readonly string[] = [];
  @state() private isOpen = false;
  @query("textarea") private readonly area!: HTMLTextAreaElement;

  protected override render() {
    if (!this.may("gcode:printers") || !this.can("send_gcode")) return nothing;
    const lock = this.lock("send_gcode");
    return html`
      <details @toggle=${this.#toggled}>
        ${fold(prompt, this.printer.capabilities.has_console ? t("console.title") : t("gcode.title"), this.ownLock(lock))}
        <div class="inside">
          <odin-printer-console .printer=${this.printer} .isLooked=${this.isOpen}></odin-printer-console>
          <p class="hint">${t("gcode.warning")}</p>
          <form @submit=${this.#submitted}>
            <label for="lines">${t("gcode.lines")}</label>
            <textarea
              id="lines"
              rows="2"
              spellcheck="false"
              autocapitalize="characters"
              placeholder="M105"
              ?disabled=${lock !== ""}
              @keydown=${this.#keyed}
            ></textarea>
            <odin-press
              .press=${this.presses.of("gcode")}
              .disabled=${lock !== ""}
              .reason=${lock}
              @click=${this.#send}
              @odin-forget=${() => {
                this.presses.forget("gcode");
              }}
              >${t("gcode.send")}</odin-press
            >
          </form>
          ${this.sent.length > 0 ? html`<p class="hint">${t("gcode.sent", { lines: this.sent.join(" · ") })}</p>` : nothing}
        </div>
      </details>
    `;
  }

  readonly #toggled = (event: Event): void => {
    this.isOpen = (event.currentTarget as HTMLDetailsElement).open;
  };

  readonly #submitted = (event: Event): void => {
    event.preventDefault();
    void this.#send();
  };

  readonly #keyed = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    void this.#send();
  };

  readonly #send = async (): Promise<void> => {
    const lines = gcodeLines(this.area.value);
    if (lines.length === 0 || this.lock("send_gcode")) return;
    const wasTaken = await this.presses.press("gcode", () => sendGcode(this.transport, this.printer.id, lines));
    if (!wasTaken) return;
    this.sent = lines;
    this.area.value = "";
  };
}

/** Returns the lines that say something. */
export function gcodeLines(text: string): readonly string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-gcode": OdinPrinterGcode;
  }
}
