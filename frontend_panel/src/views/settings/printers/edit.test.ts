import { expect, it } from "vitest";

import { examplePrinter } from "../../../testing/example-printer";
import { areMinutes, changeOf, differences, editOf } from "./edit";

const example = examplePrinter();
const before = editOf(example);

it("sends nothing where nothing was changed", () => {
  expect(changeOf(before, { ...before })).toEqual({});
});

it("sends only what was changed, and null for what was emptied", () => {
  const after = { ...before, name: " Garage ", serial: "", heaterOff: "15", tags: ["a"], isObserveOnly: !before.isObserveOnly };
  expect(changeOf({ ...before, serial: "0A" }, after)).toEqual({
    name: "Garage",
    serial: null,
    heater_off_min: 15,
    tags: ["a"],
    is_observe_only: !before.isObserveOnly,
  });
});

it("keeps the access code and the camera unless told otherwise", () => {
  expect(changeOf(before, { ...before, secret: " 123 " })).toEqual({ secret: "123" });
  expect(changeOf(before, { ...before, isCameraRemoved: true })).toEqual({ camera_url: null });
  expect(changeOf(before, { ...before, isCameraRemoved: true, cameraUrl: "http://cam" })).toEqual({ camera_url: "http://cam" });
});

it("sends ports and the family's own fields where they differ", () => {
  expect(changeOf(before, { ...before, ports: { http: 80 }, options: { tls: true } })).toEqual({ ports: { http: 80 }, options: { tls: true } });
  expect(changeOf(before, { ...before, ports: {}, options: {} })).toEqual({});
});

it("takes minutes or nothing", () => {
  expect([areMinutes(""), areMinutes(" 30 "), areMinutes("soon")]).toEqual([true, true, false]);
});

it("names what somebody else changed", () => {
  expect(differences(example, { ...example, name: "Else", tags: ["x"] })).toEqual(["name", "tags"]);
  expect(differences(example, { ...example, version: 9 })).toEqual(["other"]);
});
