import { describe, expect, it } from "vitest";

import type { Nozzle, NozzleInstall } from "../../api/types";
import { describeNozzle, headTitle, hoursOf, reportedDiffers } from "./nozzle-text";

const reported: Nozzle = {
  id: 0,
  diameter_mm: 0.4,
  material: "hardened_steel",
  flow: "high",
  code: "HH01",
  wear: null,
  is_active: true,
  is_mounted: true,
};
const noted: NozzleInstall = {
  id: "n1",
  printer_id: "p1",
  printer_name: "Atlas",
  head: 0,
  diameter_mm: 0.6,
  installed_at: "2026-05-01T08:00:00Z",
  material: "Tungsten carbide",
  note: "",
  retired_at: null,
  printing_s: 3600,
  version: 1,
};

describe("a nozzle", () => {
  it("is described by the printer, or by who put it in", () => {
    expect(describeNozzle(reported, null)).toBe("0.4 mm hardened steel, high flow");
    expect(describeNozzle(null, noted)).toBe("0.6 mm Tungsten carbide");
    expect(describeNozzle(null, null)).toBe("");
  });

  it("printed for its hours, in a head with a name", () => {
    expect(hoursOf(noted)).toBe("1 h 0 min printed");
    expect(hoursOf({ ...noted, printing_s: 0 })).toBe("not used yet");
    expect([headTitle(0, 1, "sides"), headTitle(0, 2, "sides"), headTitle(1, 2, "sides")]).toEqual(["Nozzle", "Right", "Left"]);
  });

  it("that was changed without a note is seen", () => {
    expect(reportedDiffers(reported, noted)).toBe(true);
    expect(reportedDiffers(reported, { ...noted, diameter_mm: 0.4 })).toBe(false);
    expect(reportedDiffers(null, noted)).toBe(false);
  });
});
