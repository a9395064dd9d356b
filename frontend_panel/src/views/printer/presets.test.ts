import { describe, expect, it } from "vitest";

import type { FilamentPreset } from "../../api/types";
import { examplePrinter, exampleSlot, exampleUnit } from "../../testing/example-printer";
import { bodyOf, draftOf, presetsFor } from "./presets";

const silk = exampleSlot({ preset_id: "GFA05", product: "PLA Silk", nozzle_min_c: 210, nozzle_max_c: 240 });

const pla: FilamentPreset = {
  id: "GFL99",
  name: "PLA",
  material: "PLA",
  nozzle_min_c: 190,
  nozzle_max_c: 240,
  bed_c: null,
  drying_c: 55,
  drying_hours: 8,
};

describe("presets", () => {
  it("are those seen here once, then those that the engine offers", () => {
    const printers = [silk, silk, exampleSlot({ ...silk, preset_id: "GFL99" })].map((slot) =>
      examplePrinter({ filament_units: [exampleUnit({ slots: [slot] })] }),
    );
    const found = presetsFor("bambu", [pla], printers);
    expect(found.map(({ id, name, isGeneric }) => [id, name, isGeneric])).toEqual([
      ["GFA05", "PLA Silk", false],
      ["GFL99", "PLA", true],
    ]);
  });

  it("are none where nothing is known of a family", () => {
    const other = examplePrinter({ family: "other", filament_units: [exampleUnit({ slots: [silk] })] });
    expect(presetsFor("bambu", [], [other])).toEqual([]);
  });
});

describe("a slot's description", () => {
  it("is sent as the engine takes it", () => {
    expect(bodyOf(draftOf(silk))).toEqual({
      body: { preset_id: "GFA05", material: "PLA", color: "#FF6A13FF", nozzle_min_c: 210, nozzle_max_c: 240, k: null },
    });
    const clear = draftOf(exampleSlot({ ...silk, color: "#FFFFFF00", k: 0.02 }));
    expect(clear).toMatchObject({ color: "#ffffff", isClear: true, k: "0.02" });
    expect(bodyOf({ ...clear, k: "0,03" })).toMatchObject({ body: { color: "#FFFFFF00", k: 0.03 } });
  });

  it.each([
    [{ presetId: " " }, "preset"],
    [{ material: "" }, "material"],
    [{ color: "orange" }, "color"],
    [{ nozzleMin: null }, "temperatures"],
    [{ nozzleMin: 250 }, "temperatures"],
    [{ k: "much" }, "k"],
  ] as const)("names what is wrong with %o", (wrong, problem) => {
    expect(bodyOf({ ...draftOf(silk), ...wrong })).toEqual({ problem });
  });
});
