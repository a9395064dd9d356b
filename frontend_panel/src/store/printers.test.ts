import { expect, it } from "vitest";

import type { Printer } from "../api/types";
import { examplePrinter } from "../testing/example-printer";
import { quiet } from "./live";
import { countEnabled, countNeedy, needsPerson, selectEnabled, selectPrinters, selectRunning } from "./printers";
import { unknownSession } from "./session";
import type { State } from "./store";

function holding(...printers: readonly Printer[]): State {
  const items = Object.fromEntries(printers.map((printer) => [printer.id, printer]));
  return { session: unknownSession, live: { ...quiet, printers: { revision: 1, items, isBehind: false } } };
}

const idle = examplePrinter({ id: "1", name: "Juno", position: 2, activity: "idle" });
const printing = examplePrinter({ id: "2", name: "Atlas", position: 1, activity: "printing" });
const stuck = examplePrinter({ id: "3", name: "Nord", position: 3, activity: "paused", attention: "0300" });
const off = examplePrinter({ id: "4", name: "Old", position: 0, activity: null, link: "disabled" });
const state = holding(idle, printing, stuck, off);

it("puts who needs a person first, then the chosen order", () => {
  expect(selectPrinters(state).map((printer) => printer.name)).toEqual(["Nord", "Old", "Atlas", "Juno"]);
});

it("returns the same list while nothing changed", () => {
  expect(selectPrinters({ ...state, session: { phase: "setup" } })).toBe(selectPrinters(state));
});

it("counts", () => {
  expect(countNeedy(state)).toBe(1);
  expect(countEnabled(state)).toBe(selectEnabled(state).length);
});

it("counts a plate to clear as work for a person, and not what a lost printer said last", () => {
  const full = { ...idle, plate: { is_gated: true, state: "occupied", since: null, run_id: null } } as const;
  expect(needsPerson(full)).toBe(true);
  expect(needsPerson({ ...full, activity: "printing" })).toBe(false);
  expect(needsPerson({ ...stuck, is_live: false })).toBe(false);
});

it("knows what an emergency stop reaches and costs", () => {
  expect(selectEnabled(state)).toEqual([idle, printing, stuck]);
  expect(selectRunning(state)).toEqual([printing, stuck]);
});
