/** How one printer is run: its plate, its service, its certificate. */

import { printerPath } from "./control";
import type { Transport } from "./transport";
import type { CertificateStatus, ChangePrinter, Checked, Printer } from "./types";

/** Says that the plate is clear for the next print. */
export function clearPlate(transport: Transport, id: string): Promise<Printer> {
  return transport.request("POST", printerPath(id, "plate-cleared"));
}

/** Takes that back: something lies on the plate. */
export function occupyPlate(transport: Transport, id: string): Promise<Printer> {
  return transport.request("POST", printerPath(id, "plate-occupied"));
}

/** Takes a printer out of service, or back. */
export function setMaintenance(transport: Transport, id: string, is_on: boolean, note: string): Promise<Printer> {
  return transport.request("POST", printerPath(id, "maintenance"), { is_on, note });
}

/** Changes a printer whatever its version: for a single switch the last one wins. */
export function changePrinter(transport: Transport, id: string, change: ChangePrinter): Promise<Printer> {
  return transport.request("PATCH", printerPath(id), change);
}

/** Tries the connection step by step. */
export function checkPrinter(transport: Transport, id: string): Promise<Checked> {
  return transport.request("POST", printerPath(id, "check"));
}

/** Returns the trusted certificate, and the one that is shown where they differ. */
export function readCertificate(transport: Transport, id: string): Promise<CertificateStatus> {
  return transport.request("GET", printerPath(id, "certificate"));
}

/** Trusts a changed certificate; both fingerprints as they were compared. */
export function confirmCertificate(transport: Transport, id: string, pinned: string, found: string): Promise<Printer> {
  return transport.request("POST", printerPath(id, "certificate/confirm"), { pinned, found });
}
