import { describe, expect, it } from "vitest";

import type { FilePlate, PlateFilament, Slot } from "../../api/types";
import { examplePrinter, exampleSlot, exampleUnit } from "../../testing/example-printer";
import { fitNote, fitOf, mappingOf, optionsOf, orderProblem, otherNozzle, proposedSlots } from "./files-order";

const filament = (index: number, different: Partial<PlateFilament> = {}): PlateFilament => ({
  index,
  material: "PLA",
  preset_id: null,
  color: "#FF0000FF",
  used_g: 12,
  used_m: 4,
  head: null,
  proposed: null,
  slots: [],
  ...different,
});
const ref = (unit: number, slot: number) => ({ unit, slot });
const ams = exampleUnit({ id: 0, slots: [exampleSlot({ id: 0 }), exampleSlot({ id: 1, is_occupied: false })] });
const printer = examplePrinter({ filament_units: [ams] });

describe("the order", () => {
  it("takes what the engine proposes, and leaves out what the plate does not use", () => {
    const filaments = [filament(0, { proposed: ref(0, 0) }), filament(3, { proposed: ref(0, 1) })];
    expect(mappingOf(proposedSlots(filaments))).toEqual([ref(0, 0), null, null, ref(0, 1)]);
    expect(mappingOf({})).toEqual([]);
  });

  it("waits for a slot of each filament", () => {
    const filaments = [filament(0), filament(1)];
    expect(orderProblem(filaments, { 0: ref(0, 0), 1: ref(0, 0) }, printer)).toBe("");
    expect(orderProblem(filaments, { 0: ref(0, 0), 1: null }, printer)).not.toBe("");
    expect(orderProblem([], {}, printer)).not.toBe("");
    expect(orderProblem([], {}, examplePrinter())).toBe("");
  });

  it("of a file that tells nothing needs one slot at least", () => {
    expect(orderProblem([], { 0: null, 1: ref(0, 0) }, printer)).toBe("");
    expect(orderProblem([], { 0: null, 1: null }, printer)).not.toBe("");
    expect(orderProblem([], { 0: ref(0, 1), 1: ref(0, 0) }, printer)).not.toBe("");
  });

  it("is none where a spool was taken out or feeds the other nozzle", () => {
    const other = filament(0, { slots: [{ ...ref(0, 0), fit: "other_head" }] });
    expect(orderProblem([other], { 0: ref(0, 0) }, printer)).not.toBe("");
    expect(orderProblem([filament(0)], { 0: ref(0, 1) }, printer)).not.toBe("");
    expect(orderProblem([filament(0)], { 0: ref(7, 0) }, printer)).not.toBe("");
  });
});

describe("how a slot suits", () => {
  const slot = (different: Partial<Slot>) => exampleSlot({ is_occupied: true, material: "PETG", ...different });

  it("is what the engine says, unless the spool was taken out since", () => {
    const judged = filament(0, { slots: [{ ...ref(0, 2), fit: "same" }] });
    expect(fitOf(judged, ref(0, 2), slot({}))).toBe("same");
    expect(fitOf(judged, ref(0, 2), slot({ is_occupied: false }))).toBe("empty");
    expect(fitOf(judged, ref(0, 3), slot({}))).toBe("unknown");
    expect(fitOf(undefined, ref(0, 2), slot({}))).toBe("unknown");
  });

  it("is told where it may be a slip", () => {
    expect(fitNote("other_material", filament(0), slot({}))).toContain("PETG");
    expect(fitNote("other_color", filament(0), slot({}))).not.toBe("");
    expect(fitNote("unknown", filament(0), slot({ material: null }))).not.toBe("");
    expect(fitNote("unknown", filament(0), slot({}))).toBe("");
    expect(fitNote("same", filament(0), slot({}))).toBe("");
    expect(fitNote("unknown", undefined, slot({ material: null }))).toBe("");
  });
});

it("a file for another nozzle is told", () => {
  const plate = { nozzle_mm: 0.4 } as FilePlate;
  const withNozzle = (diameter_mm: number | null) =>
    examplePrinter({
      nozzles: [
        { id: 0, diameter_mm, material: null, flow: null, code: null, wear: null, is_active: true, is_mounted: true },
      ],
    });
  expect(otherNozzle(plate, withNozzle(0.6))).toBe(0.4);
  expect(otherNozzle(plate, withNozzle(0.4))).toBeNull();
  expect(otherNozzle(plate, withNozzle(null))).toBeNull();
  expect(otherNozzle({ nozzle_mm: null } as FilePlate, withNozzle(0.6))).toBeNull();
});

it("only what the machine can do is offered", () => {
  const { capabilities } = examplePrinter();
  expect(optionsOf(examplePrinter({ capabilities: { ...capabilities, commands: [], calibrations: ["bed_level"], detectors: [] } }))).toEqual([
    "bed_leveling",
    "flow_calibration",
  ]);
  expect(optionsOf(examplePrinter({ capabilities: { ...capabilities, commands: [], calibrations: [], detectors: [] } }))).toEqual([]);
  const able = { ...capabilities, heads: 2, commands: ["set_timelapse"], calibrations: ["vibration"], detectors: ["first_layer"] };
  expect(optionsOf(examplePrinter({ capabilities: able }))).toHaveLength(6);
});
