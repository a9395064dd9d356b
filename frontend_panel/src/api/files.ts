/** The files that were put on a printer from here: sending, looking into, deleting. */

import { printerPath } from "./control";
import type { Transport } from "./transport";
import type { FilePlate, Items, PrinterFiles, StoredFile, Task } from "./types";

/** Lists the files, and says which the printer takes. */
export function listFiles(transport: Transport, printerId: string): Promise<PrinterFiles> {
  return transport.request("GET", printerPath(printerId, "files"));
}

/** Lists what can be printed on the machine, whoever put it there. */
export async function listStored(transport: Transport, printerId: string): Promise<readonly StoredFile[]> {
  return (await transport.request<Items<StoredFile>>("GET", printerPath(printerId, "files/on-printer"))).items;
}

/** Lists the recordings on the machine. */
export async function listTimelapses(transport: Transport, printerId: string): Promise<readonly StoredFile[]> {
  return (await transport.request<Items<StoredFile>>("GET", printerPath(printerId, "timelapses"))).items;
}

/** Sends a file to the engine; the task that is answered puts it on the printer, in place of one of that name. */
export function sendFile(
  transport: Transport,
  printerId: string,
  name: string,
  file: Blob,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<Pick<Task, "id">> {
  return transport.upload("POST", filePath(printerId, name), file, onProgress, signal);
}

export function deleteFile(transport: Transport, printerId: string, name: string): Promise<void> {
  return transport.request("DELETE", filePath(printerId, name));
}

/** Tells what is on the plates of a file, and which slots suit it. The engine may have to look at the printer for it. */
export async function readPlates(transport: Transport, printerId: string, name: string): Promise<readonly FilePlate[]> {
  return (await transport.request<Items<FilePlate>>("GET", filePath(printerId, name, "plates"))).items;
}

/** Returns the address of the picture of a plate. */
export function platePicture(transport: Transport, printerId: string, name: string, plate: number): Promise<string> {
  return transport.address(filePath(printerId, name, `plates/${plate}/picture`));
}

function filePath(printerId: string, name: string, rest = ""): string {
  return printerPath(printerId, `files/${encodeURIComponent(name)}${rest === "" ? "" : `/${rest}`}`);
}
