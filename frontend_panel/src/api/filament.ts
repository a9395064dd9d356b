/** Filament units: loading, reading and describing slots, and drying. */

import { printerPath } from "./control";
import type { Transport } from "./transport";
import type { ConfigureSlotBody, DryBody, SlotRef } from "./types";

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
