import type { Printer } from "../../api/types";
import { isRunning } from "../../components/printer-tile/summary";
import { knows } from "./locks";

/** Returns what would get a machine going again, the most useful first. */
export function helpsOf(printer: Printer): readonly ("resume" | "clear_faults")[] {
  const helps = [
    ...(printer.activity === "paused" ? (["resume"] as const) : []),
    ...(printer.faults.length > 0 && !isRunning(printer) ? (["clear_faults"] as const) : []),
  ];
  return helps.filter((kind) => knows(printer, kind));
}
