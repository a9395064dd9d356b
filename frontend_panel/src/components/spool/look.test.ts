import { describe, expect, it } from "vitest";

import { exampleSlot } from "../../testing/example-printer";
import { colorsOf, gramsLeft, lookOf, windingShare } from "./look";

const bare = { material: null, product: null, color: null } as const;

describe("a slot", () => {
  it("says what is to be seen in it", () => {
    expect(lookOf(exampleSlot(), false)).toBe("set");
    expect(lookOf(exampleSlot({ ...bare, is_occupied: false }), false)).toBe("empty");
    expect(lookOf(exampleSlot({ ...bare, is_occupied: false, is_active: true }), false)).toBe("ran_out");
    expect(lookOf(exampleSlot({ ...bare, is_occupied: false }), false, true)).toBe("ran_out");
    expect(lookOf(exampleSlot(bare), false)).toBe("unknown");
    expect(lookOf(exampleSlot({ ...bare, is_occupied: null }), true)).toBe("unset");
  });

  it("has the colours of its filament, and none when it is empty", () => {
    expect(colorsOf(exampleSlot({ colors: ["#ff0000ff", "#0000ffff"] })).map((each) => each.css)).toEqual(["#ff0000", "#0000ff"]);
    expect(colorsOf(exampleSlot({ colors: [] }))).toHaveLength(1);
    expect(colorsOf(exampleSlot({ color: null }))).toEqual([]);
    expect(colorsOf(exampleSlot({ is_occupied: false }))).toEqual([]);
  });

  it("weighs what is left where both figures are known", () => {
    expect(gramsLeft(exampleSlot({ remaining_pct: 64, spool_weight_g: 1000 }))).toBe(640);
    expect(gramsLeft(exampleSlot({ remaining_pct: 64 }))).toBeNull();
    expect(gramsLeft(exampleSlot({ remaining_pct: null, spool_weight_g: 1000 }))).toBeNull();
  });

  it("winds thinner with less, and never vanishes", () => {
    expect(windingShare(100)).toBe(1);
    expect(windingShare(25)).toBe(0.5);
    expect(windingShare(0)).toBeGreaterThan(0.1);
    expect(windingShare(null)).toBeGreaterThan(windingShare(25));
  });
});
