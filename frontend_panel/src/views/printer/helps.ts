import type { Printer } from "../../api/types";
import { isRunning } from "../../components/printer-tile/summary";
import { besidesPrompt } from "./fault-text";
import { knows } from "./locks";

/** Returns what would get a machine going again, the most useful first. What it asks is answered where the question stands. */
export function helpsOf(printer: Printer): readonly ("resume" | "clear_faults")[] {
  const helps = [
    ...(printer.activity === "paused" && printer.prompt === null ? (["resume"] as const) : []),
    ...(besidesPrompt(printer).length > 0 && !isRunning(printer) ? (["clear_faults"] as const) : []),
  ];
  return helps.filter((kind) => knows(printer, kind));
}
