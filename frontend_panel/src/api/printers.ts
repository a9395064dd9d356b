/** Printers: finding, checking and adding them, and the emergency stop. Their state comes over the live channel. */

import type { Transport } from "./transport";
import type { Checked, Family, Found, KeyRequest, NewPrinter, Option, Printer, StopOutcome, Task } from "./types";

/** Listens on the network for that long and returns the machines that answered. */
export async function discover(transport: Transport, seconds: number): Promise<readonly Found[]> {
  const answer = await transport.request<{ readonly items: readonly Found[] }>("POST", "/printers/discover", { seconds });
  return answer.items;
}

export async function readFamilies(transport: Transport): Promise<readonly Family[]> {
  const answer = await transport.request<{ readonly items: readonly Family[] }>("GET", "/printers/families");
  return answer.items;
}

/** Tries a connection step by step; nothing is kept. */
export function checkConnection(transport: Transport, printer: NewPrinter): Promise<Checked> {
  return transport.request("POST", "/printers/check", printer);
}

export function addPrinter(transport: Transport, printer: NewPrinter): Promise<Printer> {
  return transport.request("POST", "/printers", printer);
}

/** How to reach a machine that is to be asked for a key. */
interface Reached {
  readonly family: string;
  readonly host: string;
  readonly ports: Readonly<Record<string, number>>;
  readonly options: Readonly<Record<string, Option>>;
}

/** Asks a machine for a key; somebody has to approve that on its own page. */
export function askForKey(transport: Transport, { family, host, ports, options }: Reached): Promise<KeyRequest> {
  return transport.request("POST", "/printers/key-requests", { family, host: host.trim(), ports, options });
}

export function readKeyRequest(transport: Transport, id: string): Promise<KeyRequest> {
  return transport.request("GET", `/printers/key-requests/${id}`);
}

export function cancelKeyRequest(transport: Transport, id: string): Promise<undefined> {
  return transport.request("DELETE", `/printers/key-requests/${id}`);
}

/** Asks each address of a network, a few at a time; returns the work, whose result grows. */
export async function scanNetwork(transport: Transport, network: string): Promise<Task> {
  const { id } = await transport.request<{ readonly id: string }>("POST", "/printers/scan", { network });
  return readTask(transport, id);
}

export function readTask(transport: Transport, id: string): Promise<Task> {
  return transport.request("GET", `/tasks/${id}`);
}

export function cancelTask(transport: Transport, id: string): Promise<Task> {
  return transport.request("POST", `/tasks/${id}/cancel`);
}

/** Returns the machines that a look through a network has found so far. */
export function foundBy({ result }: Task): readonly Found[] {
  const items: unknown = result?.["items"];
  return Array.isArray(items) ? (items as Found[]) : [];
}

/** Tells every printer to stop, at once; answers per printer. */
export async function emergencyStop(transport: Transport): Promise<readonly StopOutcome[]> {
  const answer = await transport.request<{ readonly items: readonly StopOutcome[] }>("POST", "/printers/emergency-stop");
  return answer.items;
}
