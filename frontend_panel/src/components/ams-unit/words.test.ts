import { describe, expect, it } from "vitest";

import { exampleFault, examplePrinter, exampleSlot, exampleUnit } from "../../testing/example-printer";
import { routePath } from "./route";
import { dryingDone, feedsWord, headName, humidityWord, isActive, lookIn, noteOf, numberOf, placeName, sentenceOf, shortName } from "./words";

const full = exampleSlot({ id: 0, spool_weight_g: 1000 });
const empty = exampleSlot({ id: 1, is_occupied: false, material: null, color: null });
const unit = exampleUnit({ id: 2, slots: [full, empty] });
const bare = exampleUnit({
  id: 254,
  kind: "external",
  name: "External right",
  slots: [exampleSlot({ is_occupied: null, material: null, product: null, color: null })],
});
const drying = { status: "drying", remaining_s: 900, target_c: 55, duration_s: 3600, material: "PLA", blocked_by: [] } as const;

describe("a filament unit in words", () => {
  it("names its places", () => {
    expect(placeName(unit, empty)).toBe("AMS A, slot 2");
    expect(bare.slots.map((slot) => placeName(bare, slot))).toEqual(["External right"]);
    expect(shortName(bare)).toBe("Ext right");
    expect(sentenceOf(unit, full, "set", true)).toBe("AMS A, slot 1: PLA Basic, 640 g left, feeding");
  });

  it("calls the slots of some units as their machine calls them", () => {
    const gates = exampleUnit({ kind: "mmu", name: "MMU", slots: [exampleSlot({ id: 0 }), exampleSlot({ id: 1 })] });
    expect(gates.slots.map((slot) => [numberOf(gates, slot), placeName(gates, slot), feedsWord(gates, slot)])).toEqual([
      ["T0", "MMU, T0", "· T0 feeding"],
      ["T1", "MMU, T1", "· T1 feeding"],
    ]);
  });

  it("asks nobody to describe a slot to a machine that cannot be told", () => {
    expect(bare.slots.map((slot) => noteOf(bare, slot, lookIn(bare, slot, []), false))).toEqual([""]);
  });

  it("tells what there is or what to do", () => {
    expect(noteOf(unit, full, "set", true)).toBe("640 g");
    expect(noteOf(unit, empty, "empty", true)).toBe("");
    expect(bare.slots.map((slot) => noteOf(bare, slot, lookIn(bare, slot, []), true))).toEqual(["set it"]);
  });

  it("says that a slot ran out when a fault names it", () => {
    expect(lookIn(unit, empty, [exampleFault({ unit: 2, slot: 1 })])).toBe("ran_out");
    expect(lookIn(unit, empty, [exampleFault({ unit: 2, slot: 0 })])).toBe("empty");
  });

  it("knows which nozzle it feeds and how dry it is", () => {
    expect([headName(0, 1, "sides"), headName(0, 2, "sides"), headName(1, 2, "sides"), headName(null, 2, "sides")]).toEqual([
      "nozzle",
      "right nozzle",
      "left nozzle",
      "either nozzle",
    ]);
    expect(humidityWord(exampleUnit({ humidity_level: 1 }))).toBe("wet");
    expect(humidityWord(exampleUnit({ humidity_pct: 30 }))).toBe("humidity");
    expect(humidityWord(exampleUnit())).toBe("");
  });

  it("counts a drying run", () => {
    expect(dryingDone(drying)).toBe(0.75);
    expect(dryingDone({ ...drying, duration_s: null })).toBeNull();
  });

  it("is drawn to the exit in the middle", () => {
    expect(routePath(0, 4)).toBe("M50 0V15H200V30");
    expect(routePath(0, 1)).toBe("M50 0V30");
    expect(isActive(examplePrinter({ active_slot: { unit: 2, slot: 1 } }), unit, empty)).toBe(true);
  });
});
