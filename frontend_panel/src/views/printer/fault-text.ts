/** Faults in words: which matters most, and what it does to the print. */

import type { Fault, Printer, Severity } from "../../api/types";
import { t, word } from "../../localize";

const ORDER: readonly Severity[] = ["fatal", "serious", "common", "info"];
const PROMPT = "prompt";

export function worstFirst(faults: readonly Fault[]): readonly Fault[] {
  return [...faults].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}

/** Returns the faults without the one that only says that the machine asks something. */
export function besidesPrompt({ faults, prompt }: Printer): readonly Fault[] {
  return prompt === null ? faults : faults.filter(({ code }) => code !== PROMPT);
}

/** Returns what a fault means for whoever stands before the machine. */
export function effectOf(fault: Fault, { activity }: Printer): string {
  const holds = fault.kind === "print" || fault.severity === "fatal" || fault.severity === "serious";
  return activity === "paused" && holds ? t("fault.waits") : word("fault.severity", fault.severity);
}
