import { expect, it } from "vitest";

import { groupOf, stepOf, unitOf } from "./setting";

it("reads a setting's name", () => {
  expect(groupOf("printers.samples_kept_days")).toBe("printers");
  expect(unitOf("printers.samples_kept_days")).toBe("days");
  expect(unitOf("printers.heater_off_after_min")).toBe("min");
  expect(unitOf("server.name")).toBeUndefined();
});

it("steps by what makes sense", () => {
  expect(stepOf({ default: 7, minimum: 1, maximum: 3650 })).toBe(1);
  expect(stepOf({ default: 90, minimum: 1, maximum: 3650 })).toBe(5);
  expect(stepOf({ default: 0.5, minimum: 0, maximum: 1 })).toBe(0.1);
});
