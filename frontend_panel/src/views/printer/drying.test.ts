import { describe, expect, it } from "vitest";

import { exampleSlot, exampleUnit } from "../../testing/example-printer";
import { dryingMost, dryingStart, materialsIn, tooHotFor } from "./drying";

const pla = exampleSlot({ id: 0, drying_c: 55, drying_hours: 8 });
const nylon = exampleSlot({ id: 1, material: "PA-CF", drying_c: 80, drying_hours: 12 });
const both = exampleUnit({ kind: "ams_2_pro", slots: [pla, nylon, exampleSlot({ id: 2, is_occupied: false, material: null })] });

describe("drying", () => {
  it("begins with what the most sensitive spool takes", () => {
    expect(dryingStart(both)).toEqual({ target_c: 55, hours: 8, material: "PLA", rotate: false });
  });

  it("for one material stays below what the others take, and for its own time", () => {
    expect(dryingStart(both, "PA-CF")).toEqual({ target_c: 55, hours: 12, material: "PA-CF", rotate: false });
  });

  it("stays within the unit", () => {
    const unit = exampleUnit({ kind: "ams_2_pro", slots: [nylon] });
    expect(dryingStart(unit).target_c).toBe(65);
    expect(dryingMost(unit)).toBe(65);
    expect(dryingMost(exampleUnit({ kind: "ams" }))).toBeUndefined();
  });

  it("is gentle to spools that say nothing", () => {
    expect(dryingStart(exampleUnit({ kind: "ams_ht", slots: [exampleSlot({ material: null })] })).target_c).toBe(45);
  });

  it("names what would not stand it", () => {
    expect(materialsIn(both)).toEqual(["PLA", "PA-CF"]);
    expect(tooHotFor(both, 65)).toEqual(["PLA"]);
    expect(tooHotFor(both, 55)).toEqual([]);
  });
});
