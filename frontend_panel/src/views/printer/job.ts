import { html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Job, Printer } from "../../api/types";
import { activeSlot, isRunning, loadedColors, ringIcon, ringPercent, ringTone } from "../../components/printer-tile/summary";
import "../../components/progress-ring/progress-ring";
import { plural, t, word } from "../../localize";
import { clock, grams, instant, lasting, millimetres, percent } from "../../localize/format";
import { endings } from "../../store/endings";
import "./actions";
import { JobFile } from "./job-details";
import { styles } from "./job-styles";
import { filamentParts, headline, title } from "./job-text";
import type { Part } from "./job-text";
import { PrinterSection } from "./section";
import "./strip";

const SECOND_MS = 1000;

/**
 * What is printed, when it is done, and the buttons that change that.
 *
 * Properties: `printer`, `isBare` (without the buttons: they stand elsewhere).
 */
@customElement("odin-printer-job")
export class OdinPrinterJob extends PrinterSection {
  static override styles = styles;

  @property({ type: Boolean, attribute: "bare" }) isBare = false;
  readonly #file = new JobFile(
    this,
    () => this.printer,
    () => this.transport,
  );

  protected override render() {
    const { printer } = this;
    const ends = endings.of(printer);
    const endsAt = ends === null ? undefined : new Date(ends);
    const head = headline(printer, endsAt, new Date(), this.isOld);
    return html`
      <section class="card" aria-labelledby="name">
        <div class="head">
          <odin-progress-ring
            .percent=${ringPercent(printer)}
            .color=${activeSlot(printer)?.color ?? null}
            .icon=${ringIcon(printer)}
            .tone=${ringTone(printer)}
            .loaded=${loadedColors(printer)}
            .isStale=${this.isOld}
          ></odin-progress-ring>
          <div class="words">
            <h2 id="name" class="clip" title=${title(printer)}>${title(printer)}</h2>
            ${this.#stage()}
            <p class="when">
              <span class="main" title=${endsAt && !this.isOld ? instant(endsAt) : nothing}>${head.main}</span>
              <span class="sub">${head.detail}</span>
            </p>
          </div>
          ${
            isRunning(printer) && !this.isBare
              ? html`<odin-printer-actions .printer=${printer}></odin-printer-actions>`
              : nothing
          }
        </div>
        ${this.#strip()} ${printer.job && printer.activity !== "idle" ? this.#facts(printer.job) : nothing}
      </section>
    `;
  }

  #stage() {
    const { job, activity, attention } = this.printer;
    if (!job || activity === "idle") return nothing;
    const parts = [];
    if (job.plate !== null) parts.push(t("job.plate", { plate: job.plate }));
    // Machines call every pause one by a person; the fault beside it says what it was.
    const hasPausedItself = activity === "paused" && attention !== null;
    if (isRunning(this.printer) && !hasPausedItself && saysMore(job.stage_text, activity)) parts.push(job.stage_text);
    if (activity === "preparing" && job.prepare_pct !== null && job.prepare_pct < 100) {
      parts.push(t("job.preparing.done", { done: percent(job.prepare_pct) }));
    }
    return html`<p class="sub clip stage" title=${parts.join(" · ")}>${parts.join(" · ")}</p>`;
  }

  #strip() {
    const parts: readonly Part[] = filamentParts(this.#file.details?.filaments ?? [], grams);
    if (parts.length < 2 || this.printer.activity === "idle") return nothing;
    return html`<odin-filament-strip .parts=${parts}></odin-filament-strip>`;
  }

  #facts(job: Job) {
    return html`
      <dl class="facts">
        ${this.#fact(t("job.layer"), this.#layer(job))} ${this.#fact(t("job.height"), this.#height(job))}
        ${this.#fact(t("job.filament"), this.#weight())} ${this.#fact(t("job.started"), this.#started(job))}
      </dl>
      ${
        job.skipped_objects.length > 0
          ? html`<p class="sub note">${plural("job.skipped", job.skipped_objects.length)}</p>`
          : nothing
      }
    `;
  }

  #fact(name: string, value: string) {
    return value === "" ? nothing : html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  }

  #layer({ layer, total_layers: total }: Job): string {
    if (layer === null) return "";
    return total === null || total === 0 ? String(layer) : t("job.layer.of", { layer, total });
  }

  #height({ layer }: Job): string {
    const each = this.#file.details?.layer_height_mm;
    return each == null || layer === null ? "" : t("job.height.value", { height: millimetres(layer * each) });
  }

  #weight(): string {
    const weight = this.#file.details?.weight_g;
    return weight == null ? "" : grams(weight);
  }

  #started({ started_at: startedAt }: Job): string {
    if (startedAt === null) return "";
    const at = new Date(startedAt);
    const now = new Date();
    const ago_s = (now.getTime() - at.getTime()) / SECOND_MS;
    // The clock of a printer may run ahead.
    return isRunning(this.printer) && ago_s > 0 ? t("job.ago", { at: clock(at, now), ago: lasting(ago_s) }) : clock(at, now);
  }
}

/** Some machines call the stage of a print that prints just that. */
function saysMore(stage: string | null, activity: Printer["activity"]): stage is string {
  return stage !== null && stage.toLowerCase() !== word("state", activity ?? "").toLowerCase();
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-job": OdinPrinterJob;
  }
}
