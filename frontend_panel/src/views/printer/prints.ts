import { html, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";

import { listRuns, runPicture } from "../../api/history";
import { ApiError } from "../../api/transport";
import type { Run } from "../../api/types";
import "../../components/icon/icon";
import { failed, finished, printing, stop as cancelled, unknown } from "../../components/icon/icons";
import "../../components/kit/empty";
import "../../components/kit/picture";
import "../../components/kit/segmented";
import "../../components/kit/skeleton";
import { isRunning } from "../../components/printer-tile/summary";
import { plural, t, word } from "../../localize";
import { clock, instant, percent } from "../../localize/format";
import { styles } from "./prints-styles";
import { runFacts } from "./run-text";
import { PrinterSection } from "./section";

const FIRST = 8;
const MORE = 12;
const RESULTS = ["finished", "failed", "cancelled"] as const;
type Filter = (typeof RESULTS)[number] | "all";

const ICONS = { finished, failed, cancelled, unknown } as const;

/**
 * The prints of a machine, the latest first: how each ended, when, how long it took, and what it looks like.
 *
 * Properties: `printer`.
 */
@customElement("odin-printer-prints")
export class OdinPrinterPrints extends PrinterSection {
  static override styles = styles;

  @state() private runs: readonly Run[] | undefined;
  @state() private total = 0;
  @state() private next: string | null = null;
  @state() private pictures: Readonly<Record<string, string>> = {};
  @state() private filter: Filter = "all";
  @state() private reason = "";
  @state() private isReading = false;
  #of = "";

  protected override willUpdate(): void {
    const { id, job, activity } = this.printer;
    // One more begins or ends: the list is another one.
    const of = [id, isRunning(this.printer), activity === "failed", job?.token, job?.name, this.filter].join("/");
    if (of === this.#of) return;
    this.#of = of;
    void this.#read(undefined);
  }

  protected override render() {
    return html`
      <section class="card" aria-labelledby="title" aria-busy=${this.isReading ? "true" : "false"}>
        <div class="card-head">
          <h2 id="title">${t("prints.title")}</h2>
          <span class="sub">${this.runs && this.total > 0 ? plural("prints.total", this.total) : ""}</span>
          <odin-segmented
            class="end"
            .label=${t("prints.filter")}
            .options=${(["all", ...RESULTS] as const).map((value) => ({ value, label: word("prints.filter", value) }))}
            .value=${this.filter}
            @odin-change=${this.#filtered}
          ></odin-segmented>
        </div>
        ${this.#content()}
      </section>
    `;
  }

  #content() {
    if (!this.runs) {
      return this.reason
        ? html`<p class="sub">${this.reason}</p>`
        : html`<div class="runs">${Array.from({ length: 4 }, () => html`<odin-skeleton></odin-skeleton>`)}</div>`;
    }
    if (this.runs.length === 0) return this.#none();
    return html`
      <ul class="runs">${this.runs.map((run) => this.#run(run))}</ul>
      ${this.reason ? html`<p class="sub">${this.reason}</p>` : nothing}
      ${
        this.next === null
          ? nothing
          : html`
              <div class="more">
                <button
                  class="button plain"
                  type="button"
                  aria-disabled=${this.isReading ? "true" : "false"}
                  @click=${this.#more}
                >
                  ${t("prints.more", { shown: this.runs.length, total: this.total })}
                </button>
              </div>
            `
      }
    `;
  }

  #none() {
    const isAll = this.filter === "all";
    return html`
      <odin-empty small .icon=${printing} .heading=${isAll ? t("prints.none") : t("prints.none_such")}>
        ${isAll ? t("prints.none.what") : ""}
      </odin-empty>
    `;
  }

  #run(run: Run) {
    const name = run.name ?? run.file ?? t("prints.unnamed");
    const { result } = run;
    const isNow = result === null;
    const at = new Date(run.ended_at ?? run.started_at);
    const done = this.printer.job?.progress_pct ?? null;
    const state = isNow ? t("prints.now") : word("prints.result", result);
    return html`
      <li class="run ${isNow ? "now" : ""}" data-result=${result ?? ""}>
        <odin-picture
          fit="contain"
          .src=${run.has_picture ? this.pictures[run.id] : null}
          .alt=${t("prints.picture", { name })}
          .empty=${t("prints.no_picture")}
        ></odin-picture>
        <p class="name" title=${name}>
          <odin-icon .path=${isNow ? printing : ICONS[result]} title=${state}></odin-icon>
          <span class="vh">${state}:</span><span class="clip">${name}</span>
        </p>
        <p class="when" title=${instant(at)}>
          ${
            isNow
              ? [t("prints.now"), done === null ? "" : percent(done)].filter(Boolean).join(" · ")
              : [clock(at, new Date()), ...runFacts(run)].join(" · ")
          }
        </p>
      </li>
    `;
  }

  readonly #filtered = (event: CustomEvent<{ value: Filter }>): void => {
    this.filter = event.detail.value;
  };

  readonly #more = (): void => {
    if (this.next !== null) void this.#read(this.next);
  };

  async #read(cursor: string | undefined): Promise<void> {
    const of = this.#of;
    const result = this.filter === "all" ? undefined : this.filter;
    this.isReading = true;
    try {
      const page = await listRuns(this.transport, this.printer.id, { limit: cursor ? MORE : FIRST, cursor }, result);
      if (of !== this.#of) return;
      this.runs = cursor ? [...(this.runs ?? []), ...page.items] : page.items;
      [this.total, this.next, this.reason] = [page.total, page.next_cursor, ""];
      await this.#address(page.items);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (of === this.#of) this.reason = error.message;
    } finally {
      if (of === this.#of) this.isReading = false;
    }
  }

  async #address(runs: readonly Run[]): Promise<void> {
    const missing = runs.filter((run) => run.has_picture && this.pictures[run.id] === undefined);
    const found = await Promise.all(missing.map(async (run) => [run.id, await runPicture(this.transport, run)] as const));
    this.pictures = { ...this.pictures, ...Object.fromEntries(found) };
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-prints": OdinPrinterPrints;
  }
}
