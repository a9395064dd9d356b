import type { PropertyValues } from "lit";
import { html, nothing, svg } from "lit";
import { customElement, state } from "lit/decorators.js";

import { readTelemetry } from "../../api/telemetry";
import { ApiError } from "../../api/transport";
import type { Sample } from "../../api/types";
import "../../components/banner/banner";
import "../../components/kit/segmented";
import "../../components/kit/skeleton";
import { t } from "../../localize";
import { clock, degrees } from "../../localize/format";
import { heaters } from "./heaters";
import { DASHES } from "./lines";
import { PrinterSection } from "./section";
import { RANGES, beginning, drawnFrom, heard, joined, kept, picked, startOf } from "./series";
import type { Point, RangeName, Rows } from "./series";
import { styles } from "./temperatures-styles";

const TABLE_ROWS = 24;
const SECOND_MS = 1000;

/**
 * Temperatures over this print, a day or a week, and as they come in.
 *
 * Properties: `printer`.
 */
@customElement("odin-printer-temperatures")
export class OdinPrinterTemperatures extends PrinterSection {
  static override styles = styles;

  @state() private chosen: RangeName | undefined;
  @state() private history: readonly Sample[] = [];
  @state() private problem = "";
  @state() private hasChart = false;
  @state() private cursor: number | null = null;
  /** The table is made only for who reads it. */
  @state() private isTableOpen = false;
  #live: readonly Point[] = [];
  #fetched = "";
  #keys: readonly string[] = [];
  #span: readonly [number, number] = [0, 1];
  #rows: Rows = [[]];

  protected override firstUpdated(): void {
    // Without the engine it does not come; the values stand there all the same.
    import("./chart").then(
      () => {
        this.hasChart = true;
      },
      () => undefined,
    );
  }

  protected override willUpdate(changed: PropertyValues): void {
    const before = changed.get("printer") as { readonly id: string } | undefined;
    if (before && before.id !== this.printer.id) this.#live = [];
    const keys = heaters(this.printer).map(({ key }) => key);
    // The chart is built anew when its lines change, not with each report.
    if (keys.join() !== this.#keys.join()) this.#keys = keys;
    // A cursor that moves needs no new lines.
    if (!changed.has("cursor") || changed.has("printer")) this.#collect();
  }

  #collect(): void {
    const now_s = Date.now() / SECOND_MS;
    this.#live = heard(this.#live, this.printer, now_s);
    const since_s = beginning(this.#range(), this.printer, now_s);
    this.#rows = joined(kept(this.history, this.#keys), this.#live, this.#keys, since_s, now_s);
    this.#span = [drawnFrom(this.#range(), since_s, this.#rows, now_s), now_s];
  }

  protected override isEmpty(): boolean {
    return heaters(this.printer).length === 0;
  }

  protected override updated(): void {
    if (this.isEmpty()) return;
    const wanted = [this.printer.id, this.#range(), startOf(this.printer), this.hearsEngine].join("/");
    if (wanted === this.#fetched || !this.hearsEngine) return;
    this.#fetched = wanted;
    void this.#fetch(wanted);
  }

  protected override render() {
    if (this.isEmpty()) return nothing;
    return html`
      <section class="card" aria-labelledby="title">
        <div class="card-head">
          <h2 id="title">${t("temperatures.title")}</h2>
          <odin-segmented
            class="end"
            .options=${RANGES.map((value) => this.#option(value))}
            .value=${this.#range()}
            .label=${t("temperatures.range")}
            @odin-change=${this.#chose}
          ></odin-segmented>
        </div>
        ${this.problem ? html`<odin-banner kind="warning">${this.problem}</odin-banner>` : nothing} ${this.#legend()}
        ${this.#chart()} ${this.#table()}
      </section>
    `;
  }

  #range(): RangeName {
    const hasPrint = startOf(this.printer) !== undefined;
    if (this.chosen !== undefined && (this.chosen !== "print" || hasPrint)) return this.chosen;
    return hasPrint ? "print" : "hour";
  }

  #option(value: RangeName) {
    const isMissing = value === "print" && startOf(this.printer) === undefined;
    const title = isMissing ? t("temperatures.no_print") : "";
    return { value, label: t(`temperatures.range_${value}`), disabled: isMissing, title };
  }

  #legend() {
    const [times, ...lines] = this.#rows;
    const at = this.cursor === null ? undefined : times[this.cursor];
    return html`
      <ul class="legend" aria-live=${at === undefined ? "off" : "polite"}>
        ${heaters(this.printer).map(({ key, name, heat }, i) => {
          const value = at === undefined ? heat?.current_c : lines[i]?.[this.cursor ?? 0];
          return html`<li>${this.#swatch(key)} ${name} <b>${value == null ? t("kit.unknown") : degrees(value)}</b></li>`;
        })}
        <li class="at">${at === undefined ? (this.isOld ? t("job.old") : t("temperatures.now")) : clock(new Date(at * SECOND_MS), new Date())}</li>
      </ul>
    `;
  }

  #swatch(key: string) {
    const dashes = (DASHES[key] ?? []).join(" ");
    return html`
      <svg data-line=${key} viewBox="0 0 26 4" aria-hidden="true">
        ${svg`<path d="M0 2H26" stroke="currentColor" stroke-width="2.5" stroke-dasharray=${dashes}></path>`}
      </svg>
    `;
  }

  #chart() {
    if (!this.hasChart) return html`<odin-skeleton class="chart"></odin-skeleton>`;
    return html`
      <div class="chart">
        <odin-temperature-chart
          .keys=${this.#keys}
          .rows=${this.#rows}
          .span=${this.#span}
          .label=${t("temperatures.label")}
          @odin-cursor=${this.#pointed}
        ></odin-temperature-chart>
        ${this.#rows[0].length < 2 ? html`<p class="nothing sub">${t("temperatures.nothing")}</p>` : nothing}
      </div>
    `;
  }

  #table() {
    return html`
      <details @toggle=${this.#unfolded}>
        <summary>${t("temperatures.table")}</summary>
        ${this.isTableOpen ? this.#cells() : nothing}
      </details>
    `;
  }

  #cells() {
    return html`
      <div class="table" role="region" tabindex="0" aria-label=${t("temperatures.table_label")}>
        <table>
          <thead>
            <tr>
              <th scope="col">${t("temperatures.time")}</th>
              ${heaters(this.printer).map(({ name }) => html`<th scope="col" class="number">${name}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${picked(this.#rows, TABLE_ROWS).map(
              ([at, ...values]) => html`
                <tr>
                  <th scope="row">${clock(new Date((at ?? 0) * SECOND_MS), new Date())}</th>
                  ${values.map((value) => html`<td class="number">${value === null ? t("kit.unknown") : degrees(value)}</td>`)}
                </tr>
              `,
            )}
          </tbody>
        </table>
      </div>
    `;
  }

  readonly #chose = (event: CustomEvent<{ value: RangeName }>): void => {
    this.chosen = event.detail.value;
  };

  readonly #unfolded = (event: Event): void => {
    this.isTableOpen = (event.currentTarget as HTMLDetailsElement).open;
  };

  readonly #pointed = (event: CustomEvent<{ index: number | null }>): void => {
    this.cursor = event.detail.index;
  };

  async #fetch(wanted: string): Promise<void> {
    const since_s = beginning(this.#range(), this.printer, Date.now() / SECOND_MS);
    try {
      const samples = await readTelemetry(this.transport, this.printer.id, new Date(since_s * SECOND_MS));
      if (wanted !== this.#fetched) return;
      this.history = samples;
      this.problem = "";
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (wanted === this.#fetched) this.problem = error.message;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-temperatures": OdinPrinterTemperatures;
  }
}
