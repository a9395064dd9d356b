/** What a setting's name and default tell: which part of the engine it belongs to, in which unit, in which steps. */

import type { EngineSetting } from "../../api/types";

const UNITS = ["s", "min", "h", "days", "c", "pct", "g", "mb"] as const;
export type Unit = (typeof UNITS)[number];

/** Returns the part before the point, `printers` of `printers.samples_kept_days`. */
export function groupOf(key: string): string {
  return key.split(".")[0] ?? key;
}

/** Returns the unit that stands at the end of a name. */
export function unitOf(key: string): Unit | undefined {
  const last = key.split("_").at(-1);
  return UNITS.find((unit) => unit === last);
}

/** Returns a step that gets from the least to the most with few presses, and can be typed past. */
export function stepOf({ default: usual, minimum, maximum }: Pick<EngineSetting, "default" | "minimum" | "maximum">): number {
  if (typeof usual === "number" && !Number.isInteger(usual)) return 0.1;
  const span = (maximum ?? 100) - (minimum ?? 0);
  return span >= 1000 && typeof usual === "number" && usual >= 30 && usual % 5 === 0 ? 5 : 1;
}
