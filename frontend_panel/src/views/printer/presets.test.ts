import { describe, expect, it } from "vitest";

import { examplePrinter, exampleSlot, exampleUnit } from "../../testing/example-printer";
import { bodyOf, draftOf, presetsFor } from "./presets";

const silk = exampleSlot({ preset_id: "GFA05", product: "PLA Silk", nozzle_min_c: 210, nozzle_max_c: 240 });

describe("presets", () => {
  it("are those seen here once, then the generic ones", () => {
    const printers = [silk, silk].map((slot) => examplePrinter({ filament_units: [exampleUnit({ slots: [slot] })] }));
    const [first, second, ...others] = presetsFor("bambu", printers);
    expect(first).toMatchObject({ id: "GFA05", name: "PLA Silk", isGeneric: false });
    expect(second).toMatchObject({ id: "GFL99", isGeneric: true });
    expect(others.map(({ id }) => id)).not.toContain("GFA05");
  });

  it("are none where nothing is known of a family", () => {
    expect(presetsFor("other", [])).toEqual([]);
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
