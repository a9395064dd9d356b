/** How the spools in a unit want to be dried, and within which bounds the unit can. */

import type { DryBody, DryingBounds, FilamentUnit, Slot } from "../../api/types";

/** Kind to every material, for spools that say nothing. */
const GENTLE = { target_c: 45, hours: 8, material: "PLA" } as const;

export function materialsIn(unit: FilamentUnit): readonly string[] {
  return [...new Set(present(unit).flatMap(({ material }) => material ?? []))];
}

/**
 * Returns what to begin with: what the material asks for, or the most sensitive of all spools; within the unit's bounds,
 * and never hotter than any spool in it takes.
 */
export function dryingStart(unit: FilamentUnit, can: DryingBounds, material?: string): Required<DryBody> {
  const spools = present(unit);
  const asked = spools.filter((slot) => material === undefined || slot.material === material);
  const first = [...asked].sort((a, b) => (a.drying_c ?? Infinity) - (b.drying_c ?? Infinity))[0];
  const coolest = Math.min(...spools.flatMap(({ drying_c: at }) => at ?? []), can.max_c);
  const wanted = Math.min(first?.drying_c ?? GENTLE.target_c, coolest);
  return {
    target_c: Math.max(can.min_c, wanted),
    hours: Math.min(can.max_hours, Math.max(can.min_hours, first?.drying_hours ?? GENTLE.hours)),
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
