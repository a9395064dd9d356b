import { describe, expect, it } from "vitest";

import { examplePrinter } from "../../testing/example-printer";
import { fanPercent, isFanAt } from "./fans";
import { heaters, measured } from "./heaters";

describe("a fan", () => {
  it("is found by its name", () => {
    const printer = examplePrinter();
    expect(fanPercent({ ...printer, fans: { ...printer.fans, part_pct: 40 } }, "part")).toBe(40);
    expect(fanPercent(printer, "aux")).toBeNull();
    expect(fanPercent(printer, "turbine")).toBeNull();
  });

  it("is where it was asked to be, within its steps", () => {
    expect(isFanAt(67, 70)).toBe(true);
    expect(isFanAt(27, 40)).toBe(false);
    expect(isFanAt(null, 40)).toBe(false);
    // Off is off.
    expect(isFanAt(6, 0)).toBe(false);
    expect(isFanAt(0, 0)).toBe(true);
  });
});

describe("heaters", () => {
  it("come left, right, bed, chamber", () => {
    const printer = examplePrinter({
      temperatures: {
        nozzles: [
          { current_c: 245, target_c: 250 },
          { current_c: 220, target_c: 220 },
        ],
        bed: { current_c: 60, target_c: 60 },
        chamber: { current_c: 41, target_c: null },
        others: [],
      },
    });
    const found = heaters({ ...printer, capabilities: { ...printer.capabilities, heads: 2 } });
    expect(found.map(({ name, head, max_c }) => [name, head, max_c])).toEqual([
      ["Left nozzle", 1, 300],
      ["Right nozzle", 0, 300],
      ["Bed", 0, 100],
      ["Chamber", 0, null],
    ]);
  });

  it("without a chamber there is no row for it", () => {
    expect(heaters(examplePrinter()).map(({ key }) => key)).toEqual(["nozzle-0", "bed"]);
  });

  it("are found in samples", () => {
    const sample = {
      nozzles: [{ current_c: 200, target_c: 0 }],
      bed: { current_c: 50, target_c: 0 },
      chamber: { current_c: null, target_c: null },
    };
    expect(["nozzle-0", "nozzle-1", "bed", "chamber"].map((key) => measured(sample, key))).toEqual([200, null, 50, null]);
  });
});
