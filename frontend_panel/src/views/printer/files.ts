import { html, nothing } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import { listFiles } from "../../api/files";
import { ApiError } from "../../api/transport";
import type { PrinterFiles } from "../../api/types";
import "../../components/icon/icon";
import { file as fileIcon, refresh, upload } from "../../components/icon/icons";
import { confirm } from "../../components/kit/confirm";
import "../../components/kit/empty";
import "../../components/kit/press";
import "../../components/kit/skeleton";
import { plural, t } from "../../localize";
import { megabytes } from "../../localize/format";
import { Slice } from "../../store/store";
import { uploadsOf } from "../../store/uploads";
import { fileProblem, plainName } from "./files-choice";
import { Drop } from "./files-drop";
import "./files-list";
import { lastArrived, Watched } from "./files-news";
import "./files-print";
import "./files-stored";
import { filesStyles } from "./files-styles";
import "./files-uploads";
import { uploadLock } from "./locks";
import { PrinterSection } from "./section";

/**
 * The files that were put on the printer from here: sending more, printing one, deleting.
 *
 * Properties: `printer`.
 */
@customElement("odin-printer-files")
export class OdinPrinterFiles extends PrinterSection {
  static override styles = filesStyles;

  @state() private files: PrinterFiles | undefined;
  @state() private problem = "";
  /** The name of the file that is about to be printed. */
  @state() private chosen = "";
  @query("input[type=file]") private readonly picker!: HTMLInputElement;
  readonly #arrived = new Slice(this, () => this.services.store, ({ live }) => lastArrived(live.tasks.items, this.printer.id));
  readonly #uploads = new Watched(this, () => uploadsOf(this.transport));
  readonly #drop = new Drop(this, {
    mayDrop: () => uploadLock(this.printer, this.asker) === "",
    caught: (files) => void this.#send(files),
  });
  #of = "";

  protected override willUpdate(): void {
    const of = this.hearsEngine ? [this.printer.id, this.#arrived.value].join("/") : "";
    if (of === "" || of === this.#of) return;
    if (!this.#of.startsWith(`${this.printer.id}/`)) this.files = undefined;
    this.#of = of;
    void this.#read();
  }

  /** A machine that was heard and cannot start prints has no use for files. */
  protected override isEmpty(): boolean {
    return this.printer.capabilities.commands.length > 0 && !this.can("start_print");
  }

  protected override render() {
    if (this.isEmpty()) return nothing;
    const { files } = this;
    const uploads = this.#uploads.list.of(this.printer.id);
    const bytes = files?.items.reduce((sum, { size_bytes: size }) => sum + size, 0) ?? 0;
    return html`
      <section
        class="card"
        aria-labelledby="title"
        @dragenter=${this.#drop.over}
        @dragover=${this.#drop.over}
        @dragleave=${this.#drop.left}
        @drop=${this.#drop.dropped}
      >
        <div class="card-head">
          <h2 id="title">${t("files.title")}</h2>
          <span class="sub">${files && files.items.length > 0 ? plural("files.total", files.items.length, { size: megabytes(bytes) }) : ""}</span>
          ${this.#pick()}
        </div>
        ${
          uploads.length > 0
            ? html`
                <odin-file-uploads
                  .uploads=${uploads}
                  @odin-cancel=${(event: CustomEvent<{ id: number }>) => this.#uploads.list.cancel(event.detail.id)}
                  @odin-again=${(event: CustomEvent<{ id: number }>) => {
                    this.#uploads.list.again(event.detail.id);
                  }}
                  @odin-forget=${(event: CustomEvent<{ id: number }>) => {
                    this.#uploads.list.forget(event.detail.id);
                  }}
                ></odin-file-uploads>
              `
            : nothing
        }
        ${this.#content()}
        <odin-files-stored
          .printer=${this.printer}
          .own=${new Set(files?.items.map(({ name }) => name))}
          .news=${[this.#arrived.value, this.printer.activity].join("/")}
          @odin-print=${this.#asked}
        ></odin-files-stored>
        ${this.#drop.isOver ? this.#target() : nothing}
      </section>
      ${
        this.chosen
          ? html`
              <odin-file-print
                .printer=${this.printer}
                .file=${this.chosen}
                @odin-close=${this.#closed}
              ></odin-file-print>
            `
          : nothing
      }
    `;
  }

  #pick() {
    if (!this.may("control:printers")) return nothing;
    const lock = uploadLock(this.printer, this.asker);
    return html`
      <span class="end pick">
        <odin-press
          .icon=${upload}
          .disabled=${lock !== "" || !this.files}
          .reason=${lock}
          @click=${() => {
            this.picker.click();
          }}
          >${t("files.upload")}</odin-press
        >
        <input
          type="file"
          multiple
          tabindex="-1"
          aria-hidden="true"
          accept=${this.files?.kinds.join(",") ?? ""}
          @change=${this.#picked}
        />
      </span>
    `;
  }

  #content() {
    const { files } = this;
    if (!files) return this.problem ? this.#unread() : html`<odin-skeleton .lines=${2}></odin-skeleton>`;
    if (files.items.length === 0) return this.#none();
    return html`
      <odin-file-list
        .printer=${this.printer}
        .files=${files.items}
        @odin-print=${this.#asked}
        @odin-deleted=${this.#read}
      ></odin-file-list>
      ${this.problem ? html`<p class="failed" role="alert">${this.problem}</p>` : nothing}
    `;
  }

  #unread() {
    return html`
      <p class="failed" role="alert">${this.problem}</p>
      <odin-press .icon=${refresh} @click=${this.#read}>${t("files.read_again")}</odin-press>
    `;
  }

  #none() {
    if (this.#uploads.list.of(this.printer.id).length > 0) return nothing;
    const what = t("files.none.what", { kinds: this.files?.kinds.join(", ") ?? "" });
    return html`
      <odin-empty small .icon=${fileIcon} .heading=${t("files.none")}>${uploadLock(this.printer, this.asker) || what}</odin-empty>
    `;
  }

  #target() {
    const lock = uploadLock(this.printer, this.asker);
    return html`
      <div class="drop ${lock ? "locked" : ""}" aria-hidden="true">
        <odin-icon .path=${upload}></odin-icon>${lock || t("files.drop", { printer: this.printer.name })}
      </div>
    `;
  }

  /** Sends what can be printed, and says of the rest why it is not sent. */
  async #send(picked: readonly File[]): Promise<void> {
    const takes = this.files;
    if (!takes || uploadLock(this.printer, this.asker)) return;
    const { id } = this.printer;
    for (const each of picked) {
      const name = plainName(each.name);
      const problem = fileProblem(each, takes);
      if (problem) this.#uploads.list.refuse(id, each.name, each.size, problem);
      else if (await this.#mayReplace(name)) this.#uploads.list.add(id, name, each);
    }
  }

  async #mayReplace(name: string): Promise<boolean> {
    if (!this.files?.items.some((each) => each.name === name)) return true;
    return confirm(this, {
      heading: t("files.replace", { name }),
      text: t("files.replace.text", { printer: this.printer.name }),
      label: t("files.replace.button"),
    });
  }

  readonly #picked = (): void => {
    const picked = [...(this.picker.files ?? [])];
    // The same file may be picked again.
    this.picker.value = "";
    void this.#send(picked);
  };

  readonly #asked = (event: CustomEvent<{ value: string }>): void => {
    this.chosen = event.detail.value;
  };

  readonly #closed = (): void => {
    this.chosen = "";
  };

  readonly #read = async (): Promise<void> => {
    const { id } = this.printer;
    try {
      const files = await listFiles(this.transport, id);
      if (id !== this.printer.id) return;
      this.files = files;
      this.problem = "";
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (id === this.printer.id) this.problem = error.message;
    }
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-files": OdinPrinterFiles;
  }
}
