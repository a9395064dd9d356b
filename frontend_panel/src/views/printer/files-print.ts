import { html } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { startPrint } from "../../api/control";
import "../../components/dialog/dialog";
import { play } from "../../components/icon/icons";
import "../../components/kit/press";
import { t } from "../../localize";
import { base, buttons } from "../../theme/controls";
import type { Ordering } from "./files-start";
import "./files-start";
import { startLock } from "./locks";
import { PrinterSection } from "./section";

/**
 * Asks how a file is to be printed, and orders it.
 *
 * Properties: `printer`, `file` (its name). Events: `odin-close`.
 */
@customElement("odin-file-print")
export class OdinFilePrint extends PrinterSection {
  static override styles = [base, buttons];

  @property() file = "";
  @state() private ordering: Ordering;

  protected override render() {
    const reason = this.#reason();
    return html`
      <odin-dialog .heading=${t("files.heading", { name: this.file })} .isOpen=${true} @odin-close=${this.#closed}>
        <odin-file-start .printer=${this.printer} .file=${this.file} @odin-change=${this.#ordered}></odin-file-start>
        <button slot="actions" class="button" type="button" @click=${this.#closed}>${t("confirm.no")}</button>
        <odin-press
          slot="actions"
          kind="primary"
          .icon=${play}
          .press=${this.presses.of("start")}
          .disabled=${reason !== ""}
          .reason=${reason}
          @click=${this.#start}
          @odin-forget=${() => {
            this.presses.forget("start");
          }}
          >${t("files.print")}</odin-press
        >
      </odin-dialog>
    `;
  }

  #reason(): string {
    return startLock(this.printer, this.asker) || (this.ordering ? this.ordering.problem : t("files.looking"));
  }

  readonly #ordered = (event: CustomEvent<{ value: Ordering }>): void => {
    this.ordering = event.detail.value;
  };

  readonly #start = async (): Promise<void> => {
    const { file, printer } = this;
    const order = { ...this.ordering?.order, file };
    if (!(await this.presses.press("start", () => startPrint(this.transport, printer.id, order)))) return;
    this.services.toasts.show("done", t("files.taken", { printer: printer.name, name: file }));
    this.#closed();
  };

  readonly #closed = (): void => {
    this.dispatchEvent(new CustomEvent("odin-close"));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-file-print": OdinFilePrint;
  }
}
