import { expect, it } from "vitest";

import { madeUpPassword } from "./made-up";

it("makes passwords that are long, in groups, and never the same", () => {
  const made = Array.from({ length: 50 }, madeUpPassword);
  expect(new Set(made).size).toBe(50);
  for (const password of made) expect(password).toMatch(/^[A-Za-z2-9]{6}(-[A-Za-z2-9]{6}){2}$/);
});
