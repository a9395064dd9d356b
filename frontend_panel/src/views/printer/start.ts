import { html, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";

import { deleteFile, listFiles, startPrint } from "../../api/control";
import { ApiError } from "../../api/transport";
import type { PrintOrder, SlotRef, Upload } from "../../api/types";
import "../../components/dialog/dialog";
import "../../components/filament-chip/filament-chip";
import { bin, play } from "../../components/icon/icons";
import { confirm } from "../../components/kit/confirm";
import "../../components/kit/empty";
import "../../components/kit/press";
import "../../components/kit/skeleton";
import { isRunning } from "../../components/printer-card/summary";
import { t } from "../../localize";
import { instant, megabytes, relative } from "../../localize/format";
import { startLock } from "./locks";
import { PrinterSection } from "./section";
import "./start-form";
import { styles } from "./start-styles";

/**
 * The files that were put on the printer from here, and the way to a print of one.
 *
 * Properties: `printer`.
 */
@customElement("odin-printer-start")
export class OdinPrinterStart extends PrinterSection {
  static override styles = styles;

  @state() private files: readonly Upload[] | undefined;
  @state() private problem = "";
  @state() private chosen: Upload | undefined;
  #of = "";

  protected override willUpdate(): void {
    const of = this.hearsEngine && this.can("start_print") ? this.printer.id : "";
    if (of === "" || of === this.#of) return;
    this.#of = of;
    this.files = undefined;
    void this.#read();
  }

  protected override isEmpty(): boolean {
    return !this.can("start_print") || isRunning(this.printer);
  }

  protected override render() {
    if (this.isEmpty()) return nothing;
    return html`
      <section class="card" aria-labelledby="title">
        <div class="card-head"><h2 id="title">${t("start.title")}</h2></div>
        ${this.#content()}
      </section>
      ${this.chosen ? this.#dialog(this.chosen) : nothing}
    `;
  }

  #content() {
    if (this.problem) return html`<p class="failed" role="alert">${this.problem}</p>`;
    if (!this.files) return html`<odin-skeleton .lines=${2}></odin-skeleton>`;
    if (this.files.length === 0) return html`<p class="sub hint">${t("start.none")}</p>`;
    const lock = startLock(this.printer, this.asker);
    return html`
      ${lock ? html`<p class="sub hint">${lock}</p>` : nothing}
      <ul class="files">
        ${this.files.map((file) => this.#file(file, lock))}
      </ul>
    `;
  }

  #file(file: Upload, lock: string) {
    const at = new Date(file.uploaded_at);
    return html`
      <li>
        <span class="name">
          <b class="clip" title=${file.name}>${file.name}</b>
          <small class="sub" title=${instant(at)}>${megabytes(file.size_bytes)} · ${relative(at, new Date())}</small>
        </span>
        ${
          this.may("control:printers")
            ? html`
                <odin-press
                  kind="plain"
                  .icon=${bin}
                  .label=${t("start.delete", { name: file.name })}
                  .press=${this.presses.of(`delete-${file.name}`)}
                  @click=${() => this.#delete(file)}
                  @odin-forget=${() => {
                    this.presses.forget(`delete-${file.name}`);
                  }}
                ></odin-press>
              `
            : nothing
        }
        <odin-press
          .icon=${play}
          .disabled=${lock !== ""}
          .reason=${lock}
          @click=${() => {
            this.chosen = file;
          }}
          >${t("start.print")}</odin-press
        >
      </li>
    `;
  }

  #dialog(file: Upload) {
    return html`
      <odin-dialog .heading=${t("start.heading", { name: file.name })} .isOpen=${true} @odin-close=${this.#closed}>
        <odin-start-form .printer=${this.printer} .file=${file.name} @odin-change=${this.#ordered}></odin-start-form>
        <button slot="actions" class="button" type="button" @click=${this.#closed}>${t("confirm.no")}</button>
        <odin-press
          slot="actions"
          kind="primary"
          .icon=${play}
          .press=${this.presses.of("start")}
          .disabled=${this.#startReason() !== ""}
          .reason=${this.#startReason()}
          @click=${() => this.#start(file)}
          @odin-forget=${() => {
            this.presses.forget("start");
          }}
          >${t("start.print")}</odin-press
        >
      </odin-dialog>
    `;
  }

  #startReason(): string {
    const lock = startLock(this.printer, this.asker);
    if (lock) return lock;
    const needsSlot = this.printer.filament_units.some((unit) => unit.slots.length > 0);
    const hasSlot = this.#order?.mapping?.some((slot: SlotRef | null) => slot !== null) ?? false;
    return needsSlot && !hasSlot ? t("start.needs_slot") : "";
  }

  #order: Omit<PrintOrder, "file"> | undefined;

  readonly #ordered = (event: CustomEvent<{ value: Omit<PrintOrder, "file"> }>): void => {
    this.#order = event.detail.value;
    this.requestUpdate();
  };

  async #start(file: Upload): Promise<void> {
    const order = { ...this.#order, file: file.name };
    const wasTaken = await this.presses.press("start", () => startPrint(this.transport, this.printer.id, order));
    if (!wasTaken) return;
    this.chosen = undefined;
    this.services.toasts.show("done", t("start.taken", { printer: this.printer.name, name: file.name }));
  }

  async #delete(file: Upload): Promise<void> {
    const question = {
      heading: t("start.delete", { name: file.name }),
      text: t("start.delete.text", { printer: this.printer.name }),
      label: t("start.delete.button"),
      isDangerous: true,
    };
    if (!(await confirm(this, question))) return;
    const wasDone = await this.presses.press(`delete-${file.name}`, () => deleteFile(this.transport, this.printer.id, file.name));
    if (wasDone) await this.#read();
  }

  async #read(): Promise<void> {
    const { id } = this.printer;
    try {
      const files = await listFiles(this.transport, id);
      if (id !== this.printer.id) return;
      this.files = files;
      this.problem = "";
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = error.message;
    }
  }

  readonly #closed = (): void => {
    this.presses.forget("start");
    this.#order = undefined;
    this.chosen = undefined;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-start": OdinPrinterStart;
  }
}
