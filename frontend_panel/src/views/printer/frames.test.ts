import { describe, expect, it } from "vitest";

import { pauseMs } from "./frames";

describe("the pause before the next picture", () => {
  it("is a second in front of somebody, and longer on a second screen", () => {
    expect(pauseMs(0, true)).toBe(1000);
    expect(pauseMs(0, false)).toBe(5000);
  });

  it("grows while none comes", () => {
    const pauses = [1, 2, 3, 4, 5, 6, 7].map((failures) => pauseMs(failures, true));
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
    expect(pauses[0]).toBeGreaterThanOrEqual(1000);
    expect(pauses.at(-1)).toBeGreaterThan(10_000);
  });
});
