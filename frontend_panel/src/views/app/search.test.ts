import { expect, it } from "vitest";

import type { Entry } from "./search";
import { found } from "./search";

function entry(label: string, detail = "", isOffered = true): Entry {
  return { id: label, group: "page", label, detail, icon: "", isOffered, run: () => undefined };
}

const entries = [entry("Floor"), entry("Settings"), entry("Süd", "P1S"), entry("Old Faithful", "Ender 3"), entry("Pause Süd", "", false)];

function labels(question: string): readonly string[] {
  return found(question, entries).map(({ label }) => label);
}

it("offers without a question", () => {
  expect(labels(" ")).toEqual(["Floor", "Settings", "Süd", "Old Faithful"]);
});

it("finds by the start, a word, accents left out, what stands beside, or scattered letters", () => {
  expect(labels("f")[0]).toBe("Floor");
  expect(labels("sud")).toEqual(["Süd", "Pause Süd"]);
  expect(labels("faith")).toEqual(["Old Faithful"]);
  expect(labels("p1s")).toEqual(["Süd"]);
  expect(labels("stngs")).toEqual(["Settings"]);
});

it("wants every word", () => {
  expect(labels("pause sud")).toEqual(["Pause Süd"]);
  expect(labels("pause floor")).toEqual([]);
});
