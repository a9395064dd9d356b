/** What is to be seen in a slot: which filament, how much of it, or why none. */

import type { Slot } from "../../api/types";
import type { Color } from "../filament-chip/color";
import { parseColor } from "../filament-chip/color";

/**
 * `ran_out`: nothing is there, and the printer draws from it or complains of it. `unset`: a bare holder, where nobody said what hangs
 * on it and no sensor looks. `unknown`: a spool is there and nobody said which.
 */
export type Look = "set" | "empty" | "ran_out" | "unset" | "unknown";

/** Returns what is to be seen; `isFaulty` where a fault of the printer names this slot. */
export function lookOf(slot: Slot, isExternal: boolean, isFaulty = false): Look {
  if (slot.is_occupied === false) return slot.is_active || isFaulty ? "ran_out" : "empty";
  if (slot.material !== null || slot.color !== null || slot.product !== null) return "set";
  return isExternal ? "unset" : "unknown";
}

/** Returns the colours of the filament, none where it has none that is known. */
export function colorsOf(slot: Slot): readonly Color[] {
  if (slot.is_occupied === false) return [];
  const several = slot.colors.map((text) => parseColor(text)).filter((color) => color !== undefined);
  if (several.length > 1) return several;
  const one = parseColor(slot.color) ?? several[0];
  return one ? [one] : [];
}

/** Returns how many grams are left, `null` where the weight or the share is not known. */
export function gramsLeft({ remaining_pct: left, spool_weight_g: full }: Slot): number | null {
  return left === null || full === null ? null : (full * left) / 100;
}

/**
 * Returns the share of the spool's flange that the winding fills, 0 to 1, seen from the side: the same length takes less
 * height further out.
 */
export function windingShare(remainingPct: number | null): number {
  return Math.sqrt(Math.min(100, Math.max(3, remainingPct ?? 70)) / 100);
}
