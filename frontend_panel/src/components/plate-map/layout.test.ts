import { describe, expect, it } from "vitest";

import { placed, plateSize } from "./layout";

const object = (id: number, box: readonly [number, number, number, number] | null) => ({ id, name: "Cup", box });

describe("a plate from above", () => {
  it("has its front at the bottom", () => {
    expect(placed([256, 256], [object(1, [10, 20, 50, 40])])).toEqual([{ id: 1, x: 10, y: 216, width: 40, depth: 20 }]);
  });

  it("draws large objects first and small ones large enough to hit", () => {
    const all = placed([200, 200], [object(1, [100, 100, 101, 101]), object(2, [0, 0, 90, 90]), object(3, null)]);
    expect(all.map(({ id }) => id)).toEqual([2, 1]);
    expect(all[1]?.x).toBeCloseTo(97);
    expect(all[1]?.width).toBeCloseTo(7);
  });

  it("is as large as its objects where nobody says", () => {
    expect(plateSize([180, 180], [])).toEqual([180, 180]);
    expect(plateSize(null, [object(1, [0, 0, 240, 120])])).toEqual([240, 120]);
    expect(plateSize(null, [])).toEqual([100, 100]);
  });
});
