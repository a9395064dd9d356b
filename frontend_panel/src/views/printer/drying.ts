/** How the spools in a unit want to be dried, and within which bounds the unit can. */

import type { DryBody, FilamentUnit, Slot } from "../../api/types";

/** The engine's own bounds (`printers/model/bounds.py`); it refuses anything beyond and says so. */
export const DRYING_LEAST_C = 35;
export const DRYING_MOST_H = 24;
const MOST_C: Partial<Record<FilamentUnit["kind"], number>> = { ams_2_pro: 65, ams_ht: 85 };
/** Kind to every material, for spools that say nothing. */
const GENTLE = { target_c: 45, hours: 8, material: "PLA" } as const;

/** Returns the highest temperature of a unit, `undefined` where it is not known. */
export function dryingMost({ kind }: FilamentUnit): number | undefined {
  return MOST_C[kind];
}

export function materialsIn(unit: FilamentUnit): readonly string[] {
  return [...new Set(present(unit).flatMap(({ material }) => material ?? []))];
}

/**
 * Returns what to begin with: what the material asks for, or the most sensitive of all spools; within the unit's bounds,
 * and never hotter than any spool in it takes.
 */
export function dryingStart(unit: FilamentUnit, material?: string): Required<DryBody> {
  const spools = present(unit);
  const asked = spools.filter((slot) => material === undefined || slot.material === material);
  const first = [...asked].sort((a, b) => (a.drying_c ?? Infinity) - (b.drying_c ?? Infinity))[0];
  const coolest = Math.min(...spools.flatMap(({ drying_c: at }) => at ?? []), dryingMost(unit) ?? Infinity);
  const wanted = Math.min(first?.drying_c ?? GENTLE.target_c, coolest);
  return {
    target_c: Math.max(DRYING_LEAST_C, wanted),
    hours: Math.min(DRYING_MOST_H, first?.drying_hours ?? GENTLE.hours),
    material: material ?? first?.material ?? GENTLE.material,
    rotate: false,
  };
}

/** Returns the materials in the unit that such a temperature is too much for. */
export function tooHotFor(unit: FilamentUnit, target_c: number): readonly string[] {
  const soft = present(unit).filter((slot) => slot.drying_c !== null && slot.drying_c < target_c);
  return [...new Set(soft.flatMap(({ material }) => material ?? []))];
}

function present(unit: FilamentUnit): readonly Slot[] {
  return unit.slots.filter((slot) => slot.is_occupied !== false);
}
