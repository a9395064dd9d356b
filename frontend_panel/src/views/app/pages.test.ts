import { expect, it } from "vitest";

import { crumbsOf, permissionFor, printerOf, titleOf } from "./pages";

it("names the place, and the printer whose drawer is open", () => {
  expect(titleOf({ page: "floor" }, undefined)).toBe("Floor");
  expect(titleOf({ page: "floor", printer: "a" }, "Atlas")).toBe("Atlas");
  expect(titleOf({ page: "printer", id: "a" }, "Atlas")).toBe("Atlas");
  expect(titleOf({ page: "printer", id: "gone" }, undefined)).toBe("Printer");
});

it("leads back to the floor", () => {
  expect(crumbsOf({ page: "printer", id: "a" }, "Atlas").map(({ label }) => label)).toEqual(["Floor", "Atlas"]);
});

it("knows which printer it is about, and who may add one", () => {
  expect(printerOf({ page: "printer", id: "a" })).toBe("a");
  expect(printerOf({ page: "alerts" })).toBeUndefined();
  expect(permissionFor({ page: "add-printer" })).toBe("manage:printers");
});
