/** Printers: finding, checking and adding them, and the emergency stop. Their state comes over the live channel. */

import type { Transport } from "./transport";
import type { Checked, Family, Found, NewPrinter, Printer, StopOutcome } from "./types";

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

/** Tells every printer to stop, at once; answers per printer. */
export async function emergencyStop(transport: Transport): Promise<readonly StopOutcome[]> {
  const answer = await transport.request<{ readonly items: readonly StopOutcome[] }>("POST", "/printers/emergency-stop");
  return answer.items;
}
