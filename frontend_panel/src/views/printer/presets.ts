/** Which filaments a slot can be said to hold: those seen on the printers here, then those the engine offers. */

import type { ConfigureSlotBody, FilamentPreset, Printer, Slot } from "../../api/types";

/** `name` is the product, or the material where there is none. */
export interface Preset extends Pick<FilamentPreset, "id" | "name" | "material" | "nozzle_min_c" | "nozzle_max_c"> {
  /** Whether the engine offers it to every printer of the family. */
  readonly isGeneric: boolean;
}

/** Returns each preset once: what is known from slots of this family of printers by name, then what is offered. */
export function presetsFor(
  family: string,
  offered: readonly FilamentPreset[],
  printers: readonly Printer[],
): readonly Preset[] {
  const generic = offered.map((preset) => ({ ...preset, isGeneric: true }));
  const taken = new Set(generic.map(({ id }) => id));
  const seen = printers
    .filter((printer) => printer.family === family)
    .flatMap((printer) => printer.filament_units)
    .flatMap((unit) => unit.slots)
    .map(presetOf)
    .filter((preset) => preset !== undefined)
    .filter(({ id }) => !taken.has(id) && taken.add(id))
    .sort((a, b) => a.name.localeCompare(b.name));
  return [...seen, ...generic];
}

/** Returns the preset that a slot holds, `undefined` where it does not say enough. */
function presetOf(slot: Slot): Preset | undefined {
  const { preset_id: id, material, nozzle_min_c: least, nozzle_max_c: most } = slot;
  if (!id || !material || least === null || most === null) return undefined;
  return { id, name: slot.product ?? material, material, nozzle_min_c: least, nozzle_max_c: most, isGeneric: false };
}

/** What stands in the editor; the texts as they were typed. */
export interface Draft {
  readonly presetId: string;
  readonly material: string;
  /** `#rrggbb`. */
  readonly color: string;
  readonly isClear: boolean;
  readonly nozzleMin: number | null;
  readonly nozzleMax: number | null;
  readonly k: string;
}

const COLOR = /^#[0-9a-f]{6}([0-9a-f]{2})?$/i;
const OPAQUE = "FF";
const CLEAR = "00";

/** Returns the editor's beginning: what the slot says, or nothing chosen. */
export function draftOf(slot: Slot): Draft {
  const color = COLOR.test(slot.color ?? "") ? (slot.color ?? "") : "";
  return {
    presetId: slot.preset_id ?? "",
    material: slot.material ?? "",
    color: (color.slice(0, 7) || "#ffffff").toLowerCase(),
    isClear: color.length > 7 && parseInt(color.slice(7), 16) < 0x90,
    nozzleMin: slot.nozzle_min_c,
    nozzleMax: slot.nozzle_max_c,
    k: slot.k === null ? "" : String(slot.k),
  };
}

export type DraftProblem = "preset" | "material" | "color" | "temperatures" | "k";

/** Returns what to send, or what is missing. */
export function bodyOf(draft: Draft): { readonly body: ConfigureSlotBody } | { readonly problem: DraftProblem } {
  const [presetId, material] = [draft.presetId.trim(), draft.material.trim()];
  if (presetId === "") return { problem: "preset" };
  if (material === "") return { problem: "material" };
  if (!COLOR.test(draft.color)) return { problem: "color" };
  const { nozzleMin: least, nozzleMax: most } = draft;
  if (least === null || most === null || least <= 0 || least > most) return { problem: "temperatures" };
  const k = draft.k.trim() === "" ? null : Number(draft.k.trim().replace(",", "."));
  if (k !== null && !(k >= 0)) return { problem: "k" };
  const color = `${draft.color.slice(0, 7)}${draft.isClear ? CLEAR : OPAQUE}`.toUpperCase();
  return { body: { preset_id: presetId, material, color, nozzle_min_c: least, nozzle_max_c: most, k } };
}
