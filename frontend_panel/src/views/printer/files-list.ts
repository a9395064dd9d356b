import { html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { deleteFile } from "../../api/files";
import type { Upload } from "../../api/types";
import "../../components/icon/icon";
import { bin, play, search } from "../../components/icon/icons";
import { confirm } from "../../components/kit/confirm";
import "../../components/kit/press";
import "../../components/kit/segmented";
import { t } from "../../localize";
import { instant, megabytes, relative } from "../../localize/format";
import type { FileSort } from "./files-choice";
import { FILE_SORTS, chosenFiles } from "./files-choice";
import { filesStyles } from "./files-styles";
import { fileLock, startLock } from "./locks";
import { PrinterSection } from "./section";

const FIRST = 6;
/** Fewer are found by looking. */
const SEARCHED_FROM = 5;

/**
 * The files on a printer in an order: one is found, printed or deleted.
 *
 * Properties: `printer`, `files`. Events: `odin-print` (`detail.value`, the name), `odin-deleted`.
 */
@customElement("odin-file-list")
export class OdinFileList extends PrinterSection {
  static override styles = filesStyles;

  @property({ attribute: false }) files: readonly Upload[] = [];
  @state() private search = "";
  @state() private sort: FileSort = "newest";
  @state() private showsAll = false;

  protected override render() {
    const found = chosenFiles(this.files, this.search, this.sort);
    const shown = this.showsAll ? found : found.slice(0, FIRST);
    const lock = startLock(this.printer, this.asker);
    return html`
      ${lock && this.may("control:printers") ? html`<p class="sub hint">${this.ownLock(lock)}</p>` : nothing}
      ${this.files.length >= SEARCHED_FROM ? this.#tools() : nothing}
      ${found.length === 0 ? html`<p class="sub hint" role="status">${t("files.none_found")}</p>` : nothing}
      <ul class="files" aria-label=${t("files.title")}>
        ${shown.map((each) => this.#file(each, lock))}
      </ul>
      ${found.length > shown.length ? this.#rest(found.length) : nothing}
    `;
  }

  #rest(count: number) {
    return html`
      <button
        class="button plain more"
        type="button"
        @click=${() => {
          this.showsAll = true;
        }}
      >
        ${t("files.show_all", { count })}
      </button>
    `;
  }

  #tools() {
    return html`
      <div class="tools">
        <span class="search">
          <odin-icon .path=${search}></odin-icon>
          <input
            type="search"
            aria-label=${t("files.search")}
            placeholder=${t("files.search")}
            .value=${this.search}
            @input=${(event: Event) => {
              this.search = (event.currentTarget as HTMLInputElement).value;
            }}
          />
        </span>
        <odin-segmented
          .label=${t("files.sort")}
          .options=${FILE_SORTS.map((value) => ({ value, label: t(`files.sort.${value}`) }))}
          .value=${this.sort}
          @odin-change=${(event: CustomEvent<{ value: FileSort }>) => {
            this.sort = event.detail.value;
          }}
        ></odin-segmented>
      </div>
    `;
  }

  #file(each: Upload, lock: string) {
    const at = new Date(each.uploaded_at);
    return html`
      <li>
        <span class="name">
          <b class="clip" title=${each.name}>${each.name}</b>
          <small class="sub" title=${instant(at)}>${megabytes(each.size_bytes)} · ${relative(at, new Date())}</small>
        </span>
        ${this.may("control:printers") ? this.#actions(each, lock) : nothing}
      </li>
    `;
  }

  #actions(each: Upload, lock: string) {
    const deleteLock = fileLock(this.printer, this.asker);
    return html`
      <odin-press
        kind="plain"
        .icon=${bin}
        .label=${t("files.delete", { name: each.name })}
        .press=${this.presses.of(`delete-${each.name}`)}
        .disabled=${deleteLock !== ""}
        .reason=${deleteLock}
        @click=${() => this.#delete(each)}
        @odin-forget=${() => {
          this.presses.forget(`delete-${each.name}`);
        }}
      ></odin-press>
      <odin-press
        .icon=${play}
        .disabled=${lock !== ""}
        .reason=${lock}
        @click=${() => {
          this.dispatchEvent(new CustomEvent("odin-print", { detail: { value: each.name } }));
        }}
        >${t("files.print")}</odin-press
      >
    `;
  }

  async #delete(each: Upload): Promise<void> {
    const question = {
      heading: t("files.delete.question", { name: each.name }),
      text: t("files.delete.text", { printer: this.printer.name }),
      label: t("files.delete.button"),
      isDangerous: true,
    };
    if (!(await confirm(this, question))) return;
    const { id } = this.printer;
    const isGone = await this.presses.press(`delete-${each.name}`, () => deleteFile(this.transport, id, each.name));
    if (isGone) this.dispatchEvent(new CustomEvent("odin-deleted"));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-file-list": OdinFileList;
  }
}
