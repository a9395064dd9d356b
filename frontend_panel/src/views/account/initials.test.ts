import { expect, it } from "vitest";

import { initials } from "./initials";

it.each([
  ["Mara Keller", "MK"],
  ["demo", "D"],
  ["anna-lena van berg", "AB"],
  ["  ", "?"],
])("%s is %s", (name, letters) => {
  expect(initials(name)).toBe(letters);
});
