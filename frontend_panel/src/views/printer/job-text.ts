/** What the job panel says, decided from the printer's state: pure, so that it can be tested. */

import type { Printer } from "../../api/types";
import { jobName } from "../../components/printer-tile/summary";
import { t } from "../../localize";
import { clock, duration, percent } from "../../localize/format";

export interface Headline {
  /** The one thing that matters, in large type. */
  readonly main: string;
  /** What it means. */
  readonly detail: string;
}

/** Returns the headline; `endsAt` is when the job ends if nothing holds it up. */
export function headline(printer: Printer, endsAt: Date | undefined, now: Date, isOld: boolean): Headline {
  const { activity, job } = printer;
  const done = job?.progress_pct == null ? "" : percent(job.progress_pct);
  switch (activity) {
    case null:
      return { main: t("state.unknown"), detail: "" };
    case "idle":
      return { main: t("job.ready"), detail: "" };
    case "attention":
      return { main: t("state.attention"), detail: job?.stage_text ?? "" };
    case "finished":
      return { main: t("job.finished"), detail: ended(printer, now) };
    case "failed":
      return { main: t("state.failed"), detail: done === "" ? "" : t("job.lost.failed", { done }) };
    case "cancelled":
      return { main: t("state.cancelled"), detail: done === "" ? "" : t("job.lost.cancelled", { done }) };
    case "preparing":
    case "printing":
    case "paused":
      return running(printer, endsAt, now, isOld);
  }
}

/** The end of a print occupies the plate; when a person said so, it tells nothing about the print. */
function ended(printer: Printer, now: Date): string {
  const { since, run_id: runId } = printer.plate;
  return since === null || runId === null ? "" : clock(new Date(since), now);
}

/** Returns what stands above the headline: the name of the job, or that there is none. */
export function title(printer: Printer): string {
  return printer.activity === "idle" ? t("job.ready.what") : jobName(printer);
}

function running(printer: Printer, endsAt: Date | undefined, now: Date, isOld: boolean): Headline {
  const remaining = printer.job?.remaining_s;
  const isPreparing = printer.activity === "preparing";
  if (remaining == null || !endsAt || (isPreparing && remaining <= 0)) {
    return { main: isPreparing ? t("job.preparing") : t("job.no_estimate"), detail: "" };
  }
  const time = duration(remaining);
  if (isOld) return { main: t("job.left", { time }), detail: t("job.old") };
  const at = clock(endsAt, now);
  if (printer.activity === "paused") return { main: t("state.paused"), detail: t("job.if_resumed", { time, at }) };
  return { main: at, detail: t("job.left", { time }) };
}

/** Returns the sentence that says what a stop would cost. */
export function stopText(printer: Printer): string {
  const done = percent(printer.job?.progress_pct ?? 0);
  return printer.activity === "paused" ? t("job.stop.text_paused", { done }) : t("job.stop.text", { done });
}

export interface Part {
  readonly color: string | null;
  readonly label: string;
  /** Of all that the print uses, 0 to 1. */
  readonly share: number;
}

interface Used {
  readonly material: string | null;
  readonly color: string | null;
  readonly used_g: number | null;
}

/** Returns the filaments of a print by what they weigh; without weights there is nothing to draw. */
export function filamentParts(filaments: readonly Used[], grams: (value: number) => string): readonly Part[] {
  const used = filaments.filter((each) => (each.used_g ?? 0) > 0);
  const total = used.reduce((sum, each) => sum + (each.used_g ?? 0), 0);
  return used.map(({ material, color, used_g }) => ({
    color,
    share: (used_g ?? 0) / total,
    label: t("job.filament.part", { material: material ?? t("filament.unknown"), grams: grams(used_g ?? 0) }),
  }));
}
