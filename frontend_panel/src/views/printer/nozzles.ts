import { html, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";

import { deleteNozzle, installNozzle, listNozzles, readNozzleStatus, retireNozzle } from "../../api/history";
import { ApiError } from "../../api/transport";
import type { InstallNozzle, NozzleInstall, NozzleStatus } from "../../api/types";
import { bin, wrench } from "../../components/icon/icons";
import { confirm } from "../../components/kit/confirm";
import "../../components/kit/press";
import "../../components/kit/skeleton";
import { t } from "../../localize";
import { clock, millimetres } from "../../localize/format";
import "./nozzle-form";
import { describeNozzle, headTitle, hoursOf, reportedDiffers } from "./nozzle-text";
import { styles } from "./nozzles-styles";
import { failure, fold } from "./row";
import { PrinterSection } from "./section";

/**
 * What is in each head and for how many hours it printed, and the book of nozzles that were in it.
 *
 * Properties: `printer`.
 */
@customElement("odin-printer-nozzles")
export class OdinPrinterNozzles extends PrinterSection {
  static override styles = styles;

  @state() private heads: readonly NozzleStatus[] | undefined;
  @state() private book: readonly NozzleInstall[] = [];
  @state() private reason = "";
  @state() private isNoting = false;
  #of = "";

  /** Resin knows no nozzles. */
  protected override isEmpty(): boolean {
    return this.printer.capabilities.technology !== "fdm";
  }

  protected override willUpdate(): void {
    if (this.isEmpty()) return;
    // Hours grow with each print: they are asked for again when one begins or ends.
    const { id, activity, nozzles } = this.printer;
    const of = [id, activity, ...nozzles.map((nozzle) => `${nozzle.id} ${nozzle.diameter_mm} ${nozzle.material}`)].join("/");
    if (of === this.#of) return;
    this.#of = of;
    void this.#fetch();
  }

  protected override render() {
    if (this.isEmpty()) return nothing;
    return html`
      <section class="card" aria-labelledby="title">
        <div class="card-head">
          <h2 id="title">${t("nozzle.title")}</h2>
          ${
            this.may("control:printers")
              ? html`<odin-press
                  class="end"
                  kind="plain"
                  .icon=${wrench}
                  @click=${this.#startNoting}
                  >${t("nozzle.log")}</odin-press
                >`
              : nothing
          }
        </div>
        ${this.reason ? html`<p class="note">${this.reason}</p>` : nothing}
        ${
          this.heads
            ? html`<ul class="heads">${this.heads.map((head) => this.#head(head))}</ul>`
            : this.reason
              ? nothing
              : html`<odin-skeleton></odin-skeleton>`
        }
        ${this.#past()}
      </section>
      ${this.#form()}
    `;
  }

  #title(head: number): string {
    const { heads, head_names: names } = this.printer.capabilities;
    return headTitle(head, heads, names);
  }

  readonly #startNoting = (): void => {
    this.presses.forget("note");
    this.isNoting = true;
  };

  #head({ head, reported, installed }: NozzleStatus) {
    const what = describeNozzle(reported, installed);
    const name = this.#title(head);
    return html`
      <li class="head">
        <span><b>${name}</b> <span class="sub">${what || t("nozzle.unknown")}</span></span>
        <span class="hours">${installed ? hoursOf(installed) : ""}</span>
        <p class="note">
          ${installed ? [t("nozzle.since", { at: clock(new Date(installed.installed_at), new Date()) }), installed.note].filter(Boolean).join(" · ") : t("nozzle.not_logged")}
        </p>
        ${reportedDiffers(reported, installed) ? html`<p class="note odd">${t("nozzle.differs", { mm: millimetres(reported?.diameter_mm ?? 0) })}</p>` : nothing}
      </li>
    `;
  }

  #past() {
    if (this.book.length === 0) return nothing;
    return html`
      <details>
        ${fold(wrench, t("nozzle.book"), String(this.book.length))}
        <ul class="past">${this.book.map((nozzle) => this.#entry(nozzle))}</ul>
      </details>
    `;
  }

  #entry(nozzle: NozzleInstall) {
    const { id, installed_at: from, retired_at: to, head } = nozzle;
    const now = new Date();
    const what = describeNozzle(null, nozzle);
    const period = to
      ? t("nozzle.period", { from: clock(new Date(from), now), to: clock(new Date(to), now) })
      : t("nozzle.since", { at: clock(new Date(from), now) });
    const name = this.printer.capabilities.heads > 1 ? `${this.#title(head)}: ${what}` : what;
    return html`
      <li>
        <span>
          ${name}
          <small>${period}, ${hoursOf(nozzle)}${nozzle.note ? ` · ${nozzle.note}` : ""}</small>
        </span>
        ${
          this.may("control:printers")
            ? html`
                <span class="does">
                  ${
                    to === null
                      ? html`<odin-press kind="plain" .press=${this.presses.of(`retire-${id}`)} @click=${() => this.#retire(nozzle, what)}
                          >${t("nozzle.retire")}</odin-press
                        >`
                      : nothing
                  }
                  <odin-press
                    kind="plain"
                    .icon=${bin}
                    .label=${t("nozzle.delete", { what })}
                    .press=${this.presses.of(`delete-${id}`)}
                    @click=${() => this.#delete(nozzle, what)}
                  ></odin-press>
                </span>
              `
            : nothing
        }
        ${failure(this.presses, `retire-${id}`)} ${failure(this.presses, `delete-${id}`)}
      </li>
    `;
  }

  #form() {
    if (!this.isNoting) return nothing;
    return html`
      <odin-nozzle-form
        .heads=${this.heads ?? []}
        .count=${this.printer.capabilities.heads}
        .names=${this.printer.capabilities.head_names}
        .press=${this.presses.of("note")}
        @odin-note=${(event: CustomEvent<{ value: InstallNozzle }>) => this.#note(event.detail.value)}
        @odin-close=${() => {
          this.isNoting = false;
        }}
        @odin-forget=${() => {
          this.presses.forget("note");
        }}
      ></odin-nozzle-form>
    `;
  }

  async #note(nozzle: InstallNozzle): Promise<void> {
    if (!(await this.presses.press("note", () => installNozzle(this.transport, this.printer.id, nozzle)))) return;
    this.isNoting = false;
    await this.#fetch();
  }

  async #retire({ id }: NozzleInstall, what: string): Promise<void> {
    const question = { heading: t("nozzle.retire.question", { what }), text: t("nozzle.retire.text"), label: t("nozzle.retire") };
    if (!(await confirm(this, question))) return;
    if (await this.presses.press(`retire-${id}`, () => retireNozzle(this.transport, id, new Date()))) await this.#fetch();
  }

  async #delete({ id }: NozzleInstall, what: string): Promise<void> {
    const question = {
      heading: t("nozzle.delete.question", { what }),
      text: t("nozzle.delete.text"),
      label: t("nozzle.delete.button"),
      isDangerous: true,
    };
    if (!(await confirm(this, question))) return;
    if (await this.presses.press(`delete-${id}`, () => deleteNozzle(this.transport, id))) await this.#fetch();
  }

  async #fetch(): Promise<void> {
    const of = this.#of;
    try {
      const [heads, book] = await Promise.all([
        readNozzleStatus(this.transport, this.printer.id),
        listNozzles(this.transport, this.printer.id),
      ]);
      if (of !== this.#of) return;
      [this.heads, this.book, this.reason] = [heads, book, ""];
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (of === this.#of) this.reason = error.message;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-nozzles": OdinPrinterNozzles;
  }
}
