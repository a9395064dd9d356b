import { describe, expect, it } from "vitest";

import { readBadgeConfig, readCardConfig } from "./config";

const TYPE = "custom:odin-printer-card";

describe("what is written down about a card", () => {
  it("has a default for everything but the printer", () => {
    expect(readCardConfig({ type: TYPE, device_id: "d1" })).toEqual({
      device_id: "d1",
      layout: "grid",
      hide_picture: false,
      hide_filament: false,
      hide_temperatures: false,
      hide_controls: false,
      tap_action: undefined,
      rows: undefined,
    });
  });

  it("may lack the printer: the card then says what to do", () => {
    expect(readCardConfig({ type: TYPE }).device_id).toBe("");
    expect(readBadgeConfig({ type: TYPE }).device_id).toBe("");
  });

  it("keeps what Home Assistant wrote beside it", () => {
    const config = { type: TYPE, layout: "full", grid_options: { columns: 12, rows: 4 }, visibility: [] };
    expect(readCardConfig(config)).toMatchObject({ layout: "full", rows: 4 });
    expect(readCardConfig({ grid_options: { rows: "auto" } }).rows).toBe("auto");
  });

  it("keeps one of Home Assistant's actions whole", () => {
    const tap_action = { action: "navigate", navigation_path: "/lovelace/0" };
    expect(readCardConfig({ tap_action }).tap_action).toEqual(tap_action);
    expect(readCardConfig({ tap_action: null }).tap_action).toBeUndefined();
  });

  it.each([
    [{ device_id: 7 }, "device_id"],
    [{ layout: "wide" }, "layout must be grid or full."],
    [{ hide_picture: "yes" }, "hide_picture must be true or false."],
    [{ tap_action: "more-info" }, "tap_action"],
    [{ tap_action: {} }, "tap_action"],
    [null, "configuration"],
    [["device_id"], "configuration"],
  ])("is refused with a reason: %j", (config, reason) => {
    expect(() => readCardConfig(config)).toThrow(reason);
  });
});
