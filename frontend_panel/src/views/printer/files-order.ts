/** From a file's plate to the order to print it: which slot each filament comes from, and what is done before. */

import type { FilePlate, Fit, PlateFilament, Printer, PrintOrder, Slot, SlotFit, SlotRef } from "../../api/types";
import { t } from "../../localize";
import { knows } from "./locks";

/** The slot of each filament of a plate, by its place in a mapping. */
export type Slots = Readonly<Record<number, SlotRef | null>>;
export type Options = NonNullable<PrintOrder["options"]>;
export type OptionName = Exclude<keyof Options, "bed_type">;

/** Returns the slots that the engine proposes. */
export function proposedSlots(filaments: readonly PlateFilament[]): Slots {
  return Object.fromEntries(filaments.map(({ index, proposed }) => [index, proposed]));
}

/** Returns the mapping of an order: as long as the last filament needs, `null` where the plate does not use one. */
export function mappingOf(slots: Slots): (SlotRef | null)[] {
  const length = Math.max(-1, ...Object.keys(slots).map(Number)) + 1;
  return Array.from({ length }, (_, index) => slots[index] ?? null);
}

/** Returns how a slot suits a filament; of one that nobody knows, only whether something is in the slot. */
export function fitOf(filament: PlateFilament | undefined, { unit, slot }: SlotRef, state: Slot): Fit {
  const judged: SlotFit | undefined = filament?.slots.find((each) => each.unit === unit && each.slot === slot);
  if (state.is_occupied === false) return "empty";
  return judged?.fit ?? "unknown";
}

/** Whether the engine would refuse such a slot. */
export function isImpossible(fit: Fit): boolean {
  return fit === "empty" || fit === "other_head";
}

/**
 * Returns why an order cannot be given yet, `""` where it can. Without `filaments` nobody knows what the plate needs, so one
 * slot is enough.
 */
export function orderProblem(filaments: readonly PlateFilament[], slots: Slots, printer: Printer): string {
  if (!printer.filament_units.some((unit) => unit.slots.length > 0)) return "";
  const needed = filaments.length > 0 ? filaments.map(({ index }) => index) : Object.keys(slots).map(Number);
  const chosen = needed.map((index) => ({ index, ref: slots[index] ?? null }));
  const isUsable = chosen.every(({ index, ref }) => !ref || !isImpossible(fitAt(filaments, index, ref, printer)));
  const isEnough = filaments.length > 0 ? chosen.every(({ ref }) => ref) : chosen.some(({ ref }) => ref);
  return isUsable && isEnough ? "" : t("files.needs_slot");
}

function fitAt(filaments: readonly PlateFilament[], index: number, ref: SlotRef, printer: Printer): Fit {
  const unit = printer.filament_units.find(({ id }) => id === ref.unit);
  const slot = unit?.slots.find(({ id }) => id === ref.slot);
  return slot ? fitOf(filaments.find((each) => each.index === index), ref, slot) : "empty";
}

/** Returns the words for a choice that may be meant, and may be a slip; `""` for one that suits. */
export function fitNote(fit: Fit, filament: PlateFilament | undefined, slot: Slot): string {
  if (!filament) return "";
  const [wanted, loaded] = [filament.material ?? "", slot.material ?? ""];
  switch (fit) {
    case "other_material":
      return t("files.fit.other_material", { wanted, loaded });
    case "other_color":
      return t("files.fit.other_color");
    case "unknown":
      return loaded === "" ? t("files.fit.unknown") : "";
    case "same":
    case "empty":
    case "other_head":
      return "";
  }
}

/** Returns the diameter of a file's nozzle where the printer has none of it, `null` otherwise. */
export function otherNozzle({ nozzle_mm: wanted }: FilePlate, { nozzles }: Printer): number | null {
  const mounted = nozzles.map(({ diameter_mm }) => diameter_mm).filter((each) => each !== null);
  return wanted === null || mounted.length === 0 || mounted.includes(wanted) ? null : wanted;
}

/** Left to the printer where it may be; nothing is done that was not asked for. */
export const usualOptions: Options = {
  bed_leveling: null,
  flow_calibration: null,
  nozzle_offset_calibration: null,
  vibration_calibration: false,
  first_layer_inspection: false,
  timelapse: false,
  bed_type: "auto",
};

/** Returns what can be chosen for a print on this machine. */
export function optionsOf(printer: Printer): readonly OptionName[] {
  const { calibrations, detectors, heads } = printer.capabilities;
  // Others do in their G-code what is to be done before a print.
  const calibrates = calibrations.length > 0;
  const can: Readonly<Record<OptionName, boolean>> = {
    bed_leveling: calibrates,
    flow_calibration: calibrates,
    nozzle_offset_calibration: calibrates && heads > 1,
    vibration_calibration: calibrations.includes("vibration"),
    first_layer_inspection: detectors.includes("first_layer"),
    timelapse: knows(printer, "set_timelapse"),
  };
  return (Object.keys(can) as OptionName[]).filter((name) => can[name]);
}

/** Whether the printer may decide it itself. */
export function isThreeWay(name: OptionName): boolean {
  return usualOptions[name] === null;
}
