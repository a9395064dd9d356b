import { css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { listStored, listTimelapses } from "../../api/files";
import { ApiError } from "../../api/transport";
import type { StoredFile } from "../../api/types";
import { file as fileIcon, play, timelapse } from "../../components/icon/icons";
import "../../components/kit/press";
import { t } from "../../localize";
import { instant, megabytes, relative } from "../../localize/format";
import { styles as rows } from "./control-styles";
import { notFromHere } from "./files-choice";
import { filesStyles } from "./files-styles";
import { startLock } from "./locks";
import { fold } from "./row";
import { PrinterSection } from "./section";

const FIRST = 20;
const NOT_SUPPORTED = "printer_not_supported";

/**
 * What else the machine keeps: files that came from elsewhere, and its recordings. Nothing where it does not tell.
 *
 * Properties: `printer`, `own` (names of the files that were put there from here), `news` (whatever changes when something
 * new may be there). Events: `odin-print` (`detail.value`, the name).
 */
@customElement("odin-files-stored")
export class OdinFilesStored extends PrinterSection {
  static override styles = [
    ...rows,
    ...filesStyles,
    css`
      details:first-of-type {
        margin-top: 8px;
      }
    `,
  ];

  @property({ attribute: false }) own: ReadonlySet<string> = new Set();
  @property() news = "";
  @state() private files: readonly StoredFile[] = [];
  @state() private recordings: readonly StoredFile[] = [];
  @state() private problem = "";
  @state() private shown = FIRST;
  #of = "";

  protected override willUpdate(): void {
    const { link, capabilities } = this.printer;
    const of = this.hearsEngine && link === "online" && capabilities.has_file_list ? `${this.printer.id}/${this.news}` : "";
    if (of === "" || of === this.#of) return;
    if (!this.#of.startsWith(`${this.printer.id}/`)) [this.files, this.recordings, this.shown] = [[], [], FIRST];
    this.#of = of;
    void this.#read(of);
  }

  protected override render() {
    const files = notFromHere(this.files, this.own);
    return html`
      ${files.length > 0 ? this.#others(files) : nothing} ${this.recordings.length > 0 ? this.#recordings() : nothing}
      ${this.problem ? html`<p class="failed" role="alert">${t("files.stored.unread", { why: this.problem })}</p>` : nothing}
    `;
  }

  #others(files: readonly StoredFile[]) {
    const lock = startLock(this.printer, this.asker);
    return html`
      <details>
        ${fold(fileIcon, t("files.stored"), String(files.length))}
        <div class="inside">
          <ul class="files" aria-label=${t("files.stored")}>
            ${files.slice(0, this.shown).map((each) => html`<li>${this.#facts(each)} ${this.may("control:printers") ? this.#print(each, lock) : nothing}</li>`)}
          </ul>
          ${
            files.length > this.shown
              ? html`
                  <button class="button plain more" type="button" @click=${this.#all}>
                    ${t("files.show_all", { count: files.length })}
                  </button>
                `
              : nothing
          }
        </div>
      </details>
    `;
  }

  #recordings() {
    return html`
      <details>
        ${fold(timelapse, t("files.timelapses"), String(this.recordings.length))}
        <div class="inside">
          <p class="hint">${t("files.timelapses.what")}</p>
          <ul class="files" aria-label=${t("files.timelapses")}>
            ${this.recordings.map((each) => html`<li>${this.#facts(each)}</li>`)}
          </ul>
        </div>
      </details>
    `;
  }

  #facts({ name, size_bytes: size, modified_at: changed }: StoredFile) {
    const at = changed === null ? undefined : new Date(changed);
    const facts = [size === null ? "" : megabytes(size), at ? relative(at, new Date()) : ""].filter(Boolean).join(" · ");
    return html`
      <span class="name">
        <b class="clip" title=${name}>${name}</b>
        <small class="sub" title=${at ? instant(at) : nothing}>${facts}</small>
      </span>
    `;
  }

  #print({ name }: StoredFile, lock: string) {
    return html`
      <odin-press
        .icon=${play}
        .disabled=${lock !== ""}
        .reason=${lock}
        @click=${() => {
          this.dispatchEvent(new CustomEvent("odin-print", { detail: { value: name } }));
        }}
        >${t("files.print")}</odin-press
      >
    `;
  }

  readonly #all = (): void => {
    this.shown = Infinity;
  };

  async #read(of: string): Promise<void> {
    const { id } = this.printer;
    try {
      const files = await listStored(this.transport, id);
      if (of === this.#of) this.files = files;
      const recordings = await listTimelapses(this.transport, id);
      if (of === this.#of) [this.recordings, this.problem] = [recordings, ""];
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (of === this.#of) this.problem = error.problem?.code === NOT_SUPPORTED ? "" : error.message;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-files-stored": OdinFilesStored;
  }
}
