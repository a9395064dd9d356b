import { describe, expect, it } from "vitest";

import type { Printer } from "../../api/types";
import { PLAIN_VIEW } from "../../store/preferences";
import { exampleJob, examplePrinter, exampleSlot, exampleUnit } from "../../testing/example-printer";
import { facetsOf, modelsOf, shownIn, sizeOf } from "./selection";

const OCCUPIED = { is_gated: true, state: "occupied", since: null, run_id: null } as const;
const loaded = (material: string) => [exampleUnit({ slots: [exampleSlot({ material })] })];
const idle = examplePrinter({ id: "1", name: "Idle", position: 1, tags: ["cellar"], filament_units: loaded("PLA") });
const early = examplePrinter({ id: "2", name: "Early", position: 2, activity: "printing", job: exampleJob({ remaining_s: 60 }) });
const late = examplePrinter({
  id: "3",
  name: "Late",
  position: 0,
  activity: "printing",
  job: exampleJob({ remaining_s: 7200 }),
  filament_units: loaded("PETG"),
});
const full = examplePrinter({ id: "4", name: "Full", position: 4, activity: "finished", plate: OCCUPIED });
const stuck = examplePrinter({ id: "5", name: "Stuck", position: 5, activity: "paused", attention: "0300" });
const away = examplePrinter({ id: "6", name: "Away", position: 3, is_live: false, link: "offline", tags: ["cellar"] });
const farm = [idle, early, late, full, stuck, away];

const endOf = (printer: Printer) => (printer.job?.remaining_s ?? 0) * 1000;
const names = (printers: readonly Printer[]) => printers.map(({ name }) => name);

describe("the order", () => {
  it("starts with who waits for a person, then by what ends first", () => {
    const paused = { ...stuck, job: exampleJob({ remaining_s: null }) };
    const shown = shownIn([idle, early, late, full, paused, away], PLAIN_VIEW, endOf);
    expect(names(shown)).toEqual(["Stuck", "Full", "Early", "Late", "Idle", "Away"]);
  });

  it("goes by what they do", () => {
    const shown = shownIn(farm, { ...PLAIN_VIEW, sort: "state" }, endOf);
    expect(names(shown)).toEqual(["Stuck", "Early", "Late", "Full", "Idle", "Away"]);
  });

  it("follows the name or the chosen order", () => {
    expect(names(shownIn(farm, { ...PLAIN_VIEW, sort: "position" }, endOf))[0]).toBe("Late");
    expect(names(shownIn(farm, { ...PLAIN_VIEW, sort: "name" }, endOf))[0]).toBe("Away");
  });
});

describe("makes and models", () => {
  const model = { family: "elegoo", id: "fdm", name: "Centauri Carbon", maker: "Elegoo", serial: null };
  const carbon = examplePrinter({ id: "7", name: "Carbon", family: "elegoo", model });
  const plain = examplePrinter({ id: "8", name: "Plain", family: "moonraker", model: null });
  const named = examplePrinter({ id: "9", name: "Named", family: "elegoo", model: { ...model, name: "Elegoo Neptune" } });

  it("are called by the make, and by the model where it is known", () => {
    expect([carbon, plain, named].map(modelsOf)).toEqual([
      ["Elegoo", "Elegoo Centauri Carbon"],
      ["Klipper"],
      ["Elegoo", "Elegoo Neptune"],
    ]);
  });

  it("choose and order printers", () => {
    const mixed = [plain, named, carbon];
    expect(names(shownIn(mixed, { ...PLAIN_VIEW, models: ["Elegoo"], sort: "name" }, endOf))).toEqual(["Carbon", "Named"]);
    expect(names(shownIn(mixed, { ...PLAIN_VIEW, sort: "model" }, endOf))).toEqual(["Carbon", "Named", "Plain"]);
    expect(facetsOf(mixed, { ...PLAIN_VIEW, models: ["Klipper"] }).models).toContainEqual({ value: "Elegoo", count: 2 });
  });
});

describe("the filters", () => {
  it.each([
    ["printing", ["Early", "Late", "Stuck"]],
    ["needs", ["Full", "Stuck"]],
    ["free", ["Idle"]],
    ["offline", ["Away"]],
  ] as const)("%s", (state, expected) => {
    expect(names(shownIn(farm, { ...PLAIN_VIEW, state, sort: "name" }, endOf))).toEqual(expected);
  });

  it("narrow each other, and count what each would show", () => {
    const view = { ...PLAIN_VIEW, tags: ["cellar"], state: "free" } as const;
    expect(names(shownIn(farm, view, endOf))).toEqual(["Idle"]);
    const facets = facetsOf(farm, view);
    expect(facets.states).toEqual({ all: 2, printing: 0, needs: 0, free: 1, offline: 1 });
    expect(facets.materials.map(({ value, count }) => [value, count])).toEqual([
      ["PETG", 0],
      ["PLA", 1],
    ]);
  });

  it("keep a tag that was chosen and is gone", () => {
    expect(facetsOf(farm, { ...PLAIN_VIEW, tags: ["attic"] }).tags).toContainEqual({ value: "attic", count: 0 });
  });
});

it("lets cards grow where there is something to do", () => {
  expect(sizeOf(idle, "auto")).toBe("M");
  expect(sizeOf(full, "auto")).toBe("L");
  expect(sizeOf(full, "S")).toBe("S");
});
