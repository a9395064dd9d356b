import { expect, it } from "vitest";

import { addressOf, placeAt } from "../views/app/place";
import type { Place } from "../views/app/place";
import { standIn } from "../views/app/surroundings";
import { namedEntry, panelAddress, panelPath } from "./address";
import { InHomeAssistant } from "./home-assistant";

const around = new InHomeAssistant();

standIn(around);

const ROUTES: readonly (readonly [string, Place])[] = [
  ["/odin", { page: "floor" }],
  ["/odin?printer=a", { page: "floor", printer: "a" }],
  ["/odin/printers/a%20b", { page: "printer", id: "a b" }],
  ["/odin/printers/add", { page: "add-printer" }],
  ["/odin/alerts", { page: "alerts" }],
  ["/odin/settings", { page: "settings", section: "" }],
  ["/odin/settings/engine", { page: "settings", section: "engine" }],
];

it.each(ROUTES)("%s is a place below the panel's own", (address, place) => {
  expect(addressOf(place)).toBe(address);
  expect(placeAt(new URL(address, "http://home.local"))).toEqual(place);
});

it("names the engine where there are several, and finds the place all the same", () => {
  around.entryId = "e1";
  expect(addressOf({ page: "alerts" })).toBe("/odin/alerts?entry=e1");
  expect(addressOf({ page: "floor", printer: "a" })).toBe("/odin?printer=a&entry=e1");
  expect(placeAt(new URL("/odin?printer=a&entry=e1", "http://home.local"))).toEqual({ page: "floor", printer: "a" });
  around.entryId = undefined;
});

it("is the panel's own address or none", () => {
  expect(panelAddress("")).toBe("/odin");
  expect(panelPath("/odin/")).toBe("");
  expect(panelPath("/odinson")).toBeUndefined();
  expect(panelPath("/history")).toBeUndefined();
  expect(namedEntry("?entry=e1&printer=a")).toBe("e1");
  expect(namedEntry("")).toBeUndefined();
});
