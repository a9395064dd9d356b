import { describe, expect, it } from "vitest";

import { firstPrinter, printerAt, printerOfEntity, statusOf } from "./device";
import type { Device } from "./hass";
import { suggestBadge, suggestCards } from "./suggestion";
import { missText } from "./words";

function device(id: string, name: string, own: string | undefined, different: Partial<Device> = {}): Device {
  const identifiers: Device["identifiers"] = own === undefined ? [["hue", "0017"]] : [["odin", own]];
  return { id, name, name_by_user: null, identifiers, config_entry_id: "entry", ...different };
}

const devices = Object.fromEntries(
  [
    device("engine", "Workshop", "e1"),
    device("nord", "Nord", "e1_p1"),
    device("atlas", "P1S", "e1_p2", { name_by_user: "Atlas" }),
    device("unit", "Atlas AMS A", "e1_p2_unit_0"),
    device("slot", "Slot 1", "e1_p2_unit_0_slot_0"),
    device("orphan", "Lost AMS", "e1_p9_unit_0"),
    device("lamp", "Desk lamp", undefined),
  ].map((each) => [each.id, each]),
);

const entities = Object.fromEntries(
  [
    { entity_id: "sensor.atlas_progress", device_id: "atlas", platform: "odin", translation_key: "progress" },
    { entity_id: "sensor.atlas", device_id: "atlas", platform: "odin", translation_key: "status" },
    { entity_id: "sensor.slot", device_id: "slot", platform: "odin", translation_key: "filament" },
    { entity_id: "sensor.queue", device_id: "engine", platform: "odin", translation_key: "queue" },
    { entity_id: "sensor.power", device_id: "atlas", platform: "powercalc", translation_key: "status" },
    { entity_id: "light.desk", device_id: "lamp", platform: "hue" },
    { entity_id: "sensor.alone", platform: "odin" },
  ].map((each) => [each.entity_id, each]),
);

describe("a device of Home Assistant", () => {
  it("is a printer of an engine", () => {
    expect(printerAt(devices, "atlas")).toEqual({ deviceId: "atlas", name: "Atlas", entryId: "entry", printerId: "p2" });
  });

  it.each([
    ["", "none"],
    ["removed", "unknown"],
    ["lamp", "foreign"],
    ["engine", "engine"],
    ["unit", "part"],
    ["slot", "part"],
  ])("%j is %s and no printer", (id, kind) => {
    expect(printerAt(devices, id)).toMatchObject({ kind });
  });

  it("names the printer that a part belongs to", () => {
    const found = printerAt(devices, "slot");
    expect(found).toEqual({ kind: "part", name: "Slot 1", printer: "Atlas" });
    expect("kind" in found && missText(found)).toEqual({
      heading: "Slot 1 is part of a printer",
      text: "Edit this card and choose Atlas.",
    });
    expect(printerAt(devices, "orphan")).toMatchObject({ kind: "part", printer: "" });
  });

  it("is chosen first by the name people gave it", () => {
    expect(firstPrinter(devices)).toBe("atlas");
    expect(firstPrinter({ ...devices, atlas: device("atlas", "Atlas", "e1_p2", { disabled_by: "user" }) })).toBe("nord");
    expect(firstPrinter({})).toBeUndefined();
  });

  it("has one entity that tells its status", () => {
    expect(statusOf(entities, "atlas")).toBe("sensor.atlas");
    expect(statusOf(entities, "nord")).toBeUndefined();
  });
});

describe("an entity", () => {
  const hass = { devices, entities };

  it("suggests the card of its printer, a slot's included", () => {
    expect(printerOfEntity(devices, entities, "sensor.slot")).toBe("atlas");
    expect(suggestCards(hass, "sensor.slot")?.map(({ config }) => config)).toEqual([
      { type: "custom:odin-printer-card", device_id: "atlas", layout: "grid" },
      { type: "custom:odin-printer-card", device_id: "atlas", layout: "full" },
    ]);
    expect(suggestBadge(hass, "sensor.atlas")).toEqual({
      config: { type: "custom:odin-printer-badge", device_id: "atlas" },
    });
  });

  it.each(["sensor.power", "light.desk", "sensor.queue", "sensor.alone", "sensor.unknown"])("%s suggests nothing", (id) => {
    expect(suggestCards(hass, id)).toBeNull();
    expect(suggestBadge(hass, id)).toBeNull();
  });
});
