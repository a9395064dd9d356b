import { expect, it } from "vitest";

import { stepped, typedNumber } from "./steps";

const range = { min: 0, max: 300, step: 5 };

it("steps inside the range, from the lower end where nothing is known", () => {
  expect(stepped(220, 1, range)).toBe(225);
  expect(stepped(298, 1, range)).toBe(300);
  expect(stepped(null, 1, range)).toBe(5);
  expect(stepped(3, -1, range)).toBe(0);
  expect(stepped(0.2, 1, { min: 0, max: 1, step: 0.1 })).toBe(0.3);
});

it("reads what people type", () => {
  expect(typedNumber(" 12,5 ", range)).toBe(12.5);
  expect(typedNumber("999", range)).toBe(300);
  expect(typedNumber("", range)).toBeUndefined();
  expect(typedNumber("hot", range)).toBeUndefined();
});
