/** Faults in words: which matters most, and what it does to the print. */

import type { Fault, Printer, Severity } from "../../api/types";
import { t, word } from "../../localize";

const ORDER: readonly Severity[] = ["fatal", "serious", "common", "info"];

export function worstFirst(faults: readonly Fault[]): readonly Fault[] {
  return [...faults].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}

/** Returns what a fault means for whoever stands before the machine. */
export function effectOf(fault: Fault, { activity }: Printer): string {
  const holds = fault.kind === "print" || fault.severity === "fatal" || fault.severity === "serious";
  return activity === "paused" && holds ? t("fault.waits") : word("fault.severity", fault.severity);
}
