import { describe, expect, it } from "vitest";

import { exampleSlot, exampleUnit } from "../../testing/example-printer";
import { dryingStart, materialsIn, tooHotFor } from "./drying";

const pla = exampleSlot({ id: 0, drying_c: 55, drying_hours: 8 });
const nylon = exampleSlot({ id: 1, material: "PA-CF", drying_c: 80, drying_hours: 12 });
const can = { min_c: 40, max_c: 65, min_hours: 4, max_hours: 10 };
const both = exampleUnit({ kind: "ams_2_pro", slots: [pla, nylon, exampleSlot({ id: 2, is_occupied: false, material: null })] });

describe("drying", () => {
  it("begins with what the most sensitive spool takes", () => {
    expect(dryingStart(both, can)).toEqual({ target_c: 55, hours: 8, material: "PLA", rotate: false });
  });

  it("for one material stays below what the others take, and for as long as the unit can", () => {
    expect(dryingStart(both, can, "PA-CF")).toEqual({ target_c: 55, hours: 10, material: "PA-CF", rotate: false });
  });

  it("stays within the unit", () => {
    const unit = exampleUnit({ kind: "ams_2_pro", slots: [nylon] });
    expect(dryingStart(unit, can)).toMatchObject({ target_c: 65, hours: 10 });
    const mild = exampleUnit({ slots: [exampleSlot({ drying_c: 30, drying_hours: 1 })] });
    expect(dryingStart(mild, can)).toMatchObject({ target_c: 40, hours: 4 });
  });

  it("is gentle to spools that say nothing", () => {
    const unit = exampleUnit({ kind: "ams_ht", slots: [exampleSlot({ material: null })] });
    expect(dryingStart(unit, can).target_c).toBe(45);
  });

  it("names what would not stand it", () => {
    expect(materialsIn(both)).toEqual(["PLA", "PA-CF"]);
    expect(tooHotFor(both, 65)).toEqual(["PLA"]);
    expect(tooHotFor(both, 55)).toEqual([]);
  });
});
