import { expect, it } from "vitest";

import { readEngines } from "../api/engines";
import type { Engine } from "../api/engines";
import { MemoryConnection, refuse } from "../testing/home-assistant";
import { chosenEngine, distinctNames } from "./engines";

const away: Engine = { entry_id: "a", title: "Cellar", state: "unavailable" };
const shed: Engine = { entry_id: "b", title: "Shed", state: "loaded" };
const attic: Engine = { entry_id: "c", title: "Shed", state: "loaded" };
const all = [away, shed, attic];

it.each([
  ["the one that is named", "a", "c", away],
  ["the one of last time", undefined, "c", attic],
  ["one that answers", undefined, undefined, shed],
  ["one that is there, where the other is gone", "gone", "gone too", shed],
])("is %s", (_, named, remembered, chosen) => {
  expect(chosenEngine(all, named, remembered)).toBe(chosen);
});

it("is one that is away where there is no other, and none where there is none", () => {
  expect(chosenEngine([away], undefined, undefined)).toBe(away);
  expect(chosenEngine([], "a", "a")).toBeUndefined();
});

it("has a name that no other has", () => {
  expect([...distinctNames(all).values()]).toEqual(["Cellar", "Shed", "Shed 2"]);
});

it("is told by Home Assistant, or it says why not", async () => {
  expect(await readEngines(new MemoryConnection(() => ({ entries: all, version: "1" })))).toEqual(all);
  const without = new MemoryConnection(() => refuse("unknown_command", "Unknown command."));
  await expect(readEngines(without)).rejects.toThrow("Unknown command.");
});
