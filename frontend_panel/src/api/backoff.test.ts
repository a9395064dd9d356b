import { expect, it } from "vitest";

import { backoffMs } from "./backoff";

it("grows, is bounded, and spreads", () => {
  expect([1, 2, 3].map((attempt) => backoffMs(attempt, 0))).toEqual([500, 1000, 2000]);
  expect(backoffMs(50, 0)).toBe(15_000);
  expect(backoffMs(50, 0.99)).toBeGreaterThanOrEqual(7500);
});
