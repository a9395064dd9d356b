/** Filament units: loading, reading and describing slots, and drying. */

import { printerPath } from "./control";
import type { Transport } from "./transport";
import type { ConfigureSlotBody, DryBody, FilamentPreset, Items, Printer, SlotRef } from "./types";

/** By family: the printers of one are offered the same, as long as the engine runs. */
const presets = new WeakMap<Transport, Map<string, Promise<readonly FilamentPreset[]>>>();

/** Returns which filaments a slot of a printer can be said to hold; the engine is asked once per family. */
export function readFilamentPresets(
  transport: Transport,
  { id, family }: Pick<Printer, "id" | "family">,
): Promise<readonly FilamentPreset[]> {
  const known = presets.get(transport) ?? new Map<string, Promise<readonly FilamentPreset[]>>();
  presets.set(transport, known);
  const before = known.get(family);
  if (before) return before;
  const asked = transport
    .request<Items<FilamentPreset>>("GET", printerPath(id, "filament-presets"))
    .then(({ items }) => items)
    .catch((error: unknown) => {
      known.delete(family);
      throw error;
    });
  known.set(family, asked);
  return asked;
}

/** Reads the tag of the spool in a slot again. */
export function readTag(transport: Transport, printerId: string, slot: SlotRef): Promise<void> {
  return transport.request("POST", printerPath(printerId, "ams/refresh"), slot);
}

export function loadFilament(transport: Transport, printerId: string, slot: SlotRef): Promise<void> {
  return transport.request("POST", printerPath(printerId, "ams/load"), slot);
}

/** Pulls back what is in a nozzle. */
export function unloadFilament(transport: Transport, printerId: string, nozzle: number): Promise<void> {
  return transport.request("POST", printerPath(printerId, "ams/unload"), { nozzle });
}

export function configureSlot(
  transport: Transport,
  printerId: string,
  { unit, slot }: SlotRef,
  what: ConfigureSlotBody,
): Promise<void> {
  return transport.request("PUT", printerPath(printerId, `ams/${unit}/slots/${slot}`), what);
}

export function startDrying(transport: Transport, printerId: string, unit: number, how: DryBody): Promise<void> {
  return transport.request("POST", printerPath(printerId, `ams/${unit}/dry`), how);
}

export function stopDrying(transport: Transport, printerId: string, unit: number): Promise<void> {
  return transport.request("DELETE", printerPath(printerId, `ams/${unit}/dry`));
}
