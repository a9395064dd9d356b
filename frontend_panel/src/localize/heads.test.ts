import { expect, it } from "vitest";

import { headNumber } from "./heads";

it("counts tools as G-code does, nozzles as people do, and leaves sides to their names", () => {
  expect([headNumber(0, 4, "tools"), headNumber(3, 4, "tools"), headNumber(1, 2, "tools")]).toEqual(["T0", "T3", "T1"]);
  expect(headNumber(2, 3, "sides")).toBe("Nozzle 3");
  expect([headNumber(0, 2, "sides"), headNumber(1, 2, "sides")]).toEqual(["", ""]);
});
