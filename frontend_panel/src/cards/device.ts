/** Which printer a device of Home Assistant stands for. */

import type { Device, Devices, Entities } from "./hass";

export const DOMAIN = "odin";

export interface Chosen {
  readonly deviceId: string;
  /** As people call the device in Home Assistant. */
  readonly name: string;
  /** The entry of the printer's engine in Home Assistant's configuration. */
  readonly entryId: string;
  readonly printerId: string;
}

/** Why a device is no printer; `printer` is the one it belongs to. */
export type Miss =
  | { readonly kind: "none" }
  | { readonly kind: "unknown" }
  | { readonly kind: "foreign"; readonly name: string }
  | { readonly kind: "engine"; readonly name: string }
  | { readonly kind: "part"; readonly name: string; readonly printer: string };

/** Returns the printer of a device, or why there is none. */
export function printerAt(devices: Devices, deviceId: string): Chosen | Miss {
  if (deviceId === "") return { kind: "none" };
  const device = devices[deviceId];
  if (!device) return { kind: "unknown" };
  const own = nameOf(device);
  if (own === undefined || device.config_entry_id === undefined) return { kind: "foreign", name: label(device) };
  const { printerId, isPart } = parts(own);
  if (printerId === undefined) return { kind: "engine", name: label(device) };
  if (isPart) {
    const printer = ownerOf(devices, device);
    return { kind: "part", name: label(device), printer: printer ? label(printer) : "" };
  }
  return { deviceId, name: label(device), entryId: device.config_entry_id, printerId };
}

export function isChosen(found: Chosen | Miss): found is Chosen {
  return "printerId" in found;
}

/** Returns the device of the printer that an entity belongs to, its units' and slots' included; `undefined` for none of ours. */
export function printerOfEntity(devices: Devices, entities: Entities, entityId: string): string | undefined {
  const entity = entities[entityId];
  if (entity?.platform !== DOMAIN || entity.device_id === undefined) return undefined;
  const device = devices[entity.device_id];
  return device && ownerOf(devices, device)?.id;
}

/** Returns the device of the printer that comes first by name; `undefined` where there is none. */
export function firstPrinter(devices: Devices): string | undefined {
  const printers = Object.values(devices).filter(
    (device) => device.disabled_by == null && isChosen(printerAt(devices, device.id)),
  );
  return printers.sort((a, b) => label(a).localeCompare(label(b)))[0]?.id;
}

/** Returns the entity that tells what a printer is doing. */
export function statusOf(entities: Entities, deviceId: string): string | undefined {
  return Object.values(entities).find(
    ({ device_id, platform, translation_key }) =>
      device_id === deviceId && platform === DOMAIN && translation_key === "status",
  )?.entity_id;
}

/** Climbs from a slot or unit to its printer. */
function ownerOf(devices: Devices, device: Device): Device | undefined {
  const own = nameOf(device);
  const { printerId, isPart } = own === undefined ? { printerId: undefined, isPart: false } : parts(own);
  if (printerId === undefined) return undefined;
  if (!isPart) return device;
  return Object.values(devices).find((each) => each.id !== device.id && nameOf(each) === own?.split("_unit_")[0]);
}

/** Ids hold no `_`. Source: `custom_components/odin/device.py`, which makes the names. */
function parts(name: string): { readonly printerId: string | undefined; readonly isPart: boolean } {
  const [, printerId, ...more] = name.split("_");
  return { printerId, isPart: more.length > 0 };
}

function nameOf({ identifiers }: Device): string | undefined {
  return identifiers.find(([domain]) => domain === DOMAIN)?.[1];
}

function label({ name_by_user, name }: Device): string {
  return name_by_user ?? name ?? "";
}
