/** What a card says about a printer, decided from its state: pure, so that it can be tested. */

import type { Fault, Printer, Severity, Slot } from "../../api/types";
import { t, word } from "../../localize";
import { check, close, offline } from "../icon/icons";
import type { Look } from "../state-pill/state-pill";

export interface Pill {
  readonly look: Look;
  readonly label: string;
}

const RUNNING: ReadonlySet<string | null> = new Set(["preparing", "printing", "paused"]);
const ENDED: ReadonlySet<string | null> = new Set(["finished", "failed", "cancelled"]);
const LOOKS: ReadonlySet<string> = new Set([
  "idle",
  "preparing",
  "printing",
  "paused",
  "attention",
  "failed",
  "cancelled",
  "finished",
]);
const SEVERITY_ORDER: readonly Severity[] = ["fatal", "serious", "common", "info"];

function isLook(word: string): word is Look {
  return LOOKS.has(word);
}

/** Whether a job occupies the machine. */
export function isRunning(printer: Printer): boolean {
  return RUNNING.has(printer.activity);
}

/** Whether the last word of the machine is that a job ended, for better or worse. */
export function hasEnded(printer: Printer): boolean {
  return ENDED.has(printer.activity);
}

/** Returns the one state to show first: a bad link hides the rest, then what needs a person, then what is going on. */
export function pill(printer: Printer): Pill {
  if (!printer.is_live) return { look: "offline", label: word("link", printer.link) };
  if (printer.attention !== null) {
    const isPaused = printer.activity === "paused";
    return { look: "attention", label: isPaused ? t("state.paused_itself") : t("state.attention") };
  }
  if (!isRunning(printer) && printer.plate.state === "occupied") return { look: "plate", label: t("state.plate") };
  const activity = printer.activity ?? "unknown";
  return { look: isLook(activity) ? activity : "unknown", label: word("state", activity) };
}

/** Returns the icon that stands in the ring instead of a number; empty for the number. */
export function ringIcon(printer: Printer): string {
  if (!printer.is_live) return offline;
  if (printer.activity === "finished") return check;
  return printer.activity === "failed" || printer.activity === "cancelled" ? close : "";
}

/** Returns how the icon in the ring is meant. */
export function ringTone(printer: Printer): "" | "finished" | "failed" {
  if (!printer.is_live) return "";
  if (printer.activity === "finished") return "finished";
  return printer.activity === "failed" ? "failed" : "";
}

/** Returns the colours that lie ready in an idle machine, each once. */
export function loadedColors(printer: Printer): readonly string[] {
  if (isRunning(printer)) return [];
  const slots = printer.filament_units.flatMap((unit) => unit.slots);
  return [...new Set(slots.flatMap(({ color, is_occupied }) => (color === null || is_occupied === false ? [] : [color])))];
}

/** Returns how full the ring is; a machine without a job has none. */
export function ringPercent(printer: Printer): number | null {
  if (printer.activity === "finished") return 100;
  if (printer.activity === "idle" || printer.activity === null) return null;
  return printer.job?.progress_pct ?? null;
}

/** Returns what the second line says: the job, or why there is none. */
export function jobName(printer: Printer): string {
  const name = printer.job?.name ?? printer.job?.file;
  if (name != null && name !== "" && printer.activity !== "idle") return name;
  if (printer.activity === null) return t("card.not_heard");
  return isRunning(printer) || hasEnded(printer) ? t("card.unnamed_job") : t("card.ready");
}

/** Returns the slot that feeds the nozzle. */
export function activeSlot(printer: Printer): Slot | undefined {
  const ref = printer.active_slot;
  if (!ref) return undefined;
  return printer.filament_units.find((unit) => unit.id === ref.unit)?.slots.find((slot) => slot.id === ref.slot);
}

/** Returns the faults, worst first. */
export function worstFirst(faults: readonly Fault[]): readonly Fault[] {
  return [...faults].sort((a, b) => SEVERITY_ORDER.indexOf(a.severity) - SEVERITY_ORDER.indexOf(b.severity));
}
