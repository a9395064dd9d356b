/** What was: prints, faults and nozzles of a printer; and keeping the list of nozzles right. */

import { printerPath } from "./control";
import type { Transport } from "./transport";
import type { FaultRecord, InstallNozzle, Items, NozzleInstall, NozzleStatus, Page, Run } from "./types";

export interface Paging {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Returns prints, the latest first. */
export function listRuns(
  transport: Transport,
  printerId: string,
  paging: Paging,
  result?: NonNullable<Run["result"]>,
): Promise<Page<Run>> {
  return transport.request("GET", printerPath(printerId, `prints?${query({ ...paging, result })}`));
}

/** Returns the address of the small picture of a print. */
export function runPicture(transport: Transport, { id, printer_id: printerId }: Run): Promise<string> {
  return transport.address(printerPath(printerId, `prints/${encodeURIComponent(id)}/picture`));
}

/** Returns faults, the latest first. */
export function listFaults(transport: Transport, printerId: string, paging: Paging): Promise<Page<FaultRecord>> {
  return transport.request("GET", printerPath(printerId, `faults?${query({ ...paging })}`));
}

export async function readNozzleStatus(transport: Transport, printerId: string): Promise<readonly NozzleStatus[]> {
  return (await transport.request<Items<NozzleStatus>>("GET", printerPath(printerId, "nozzle-status"))).items;
}

/** Returns the nozzles in use, then the retired, the latest first. */
export async function listNozzles(transport: Transport, printerId: string): Promise<readonly NozzleInstall[]> {
  return (await transport.request<Items<NozzleInstall>>("GET", printerPath(printerId, "nozzles"))).items;
}

/** Says that a nozzle was put in; the one before it in that head is retired. */
export function installNozzle(transport: Transport, printerId: string, nozzle: InstallNozzle): Promise<NozzleInstall> {
  return transport.request("POST", printerPath(printerId, "nozzles"), nozzle);
}

export function retireNozzle(transport: Transport, id: string, at: Date): Promise<NozzleInstall> {
  return transport.request("PATCH", `/nozzles/${encodeURIComponent(id)}`, { retired_at: at.toISOString() });
}

/** Forgets a nozzle that was noted by mistake. */
export function deleteNozzle(transport: Transport, id: string): Promise<void> {
  return transport.request("DELETE", `/nozzles/${encodeURIComponent(id)}`);
}

function query(values: Readonly<Record<string, string | number | undefined>>): string {
  const known = Object.entries(values).filter(([, value]) => value !== undefined);
  return new URLSearchParams(known.map(([name, value]) => [name, String(value)])).toString();
}
