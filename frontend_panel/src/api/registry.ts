/** The register of printers: their order, tags, descriptions, and what is done to many at once. */

import { printerPath } from "./control";
import type { Transport } from "./transport";
import type { BulkChange, BulkResult, ChangePrinter, Items, Printer, Tag } from "./types";

/** Changes a printer that was seen in that version; refused with 412 where somebody was faster. */
export function editPrinter(transport: Transport, id: string, change: ChangePrinter, version: number): Promise<Printer> {
  return transport.request("PATCH", printerPath(id), change, version);
}

/** Takes a printer off the register. What it printed stays in the history. */
export function removePrinter(transport: Transport, id: string): Promise<void> {
  return transport.request("DELETE", printerPath(id));
}

/** Puts every printer in its place; `ids` names all of them. */
export function orderPrinters(transport: Transport, ids: readonly string[]): Promise<void> {
  return transport.request("PUT", "/printers/order", { ids });
}

/** Does one thing to many printers and answers what became of each. */
export async function changeMany(transport: Transport, change: BulkChange): Promise<readonly BulkResult[]> {
  const answer = await transport.request<Items<BulkResult>>("POST", "/printers/bulk", change);
  return answer.items;
}

/** Gives a tag another name at every printer that has it. */
export function renameTag(transport: Transport, tag: string, name: string): Promise<Items<Tag>> {
  return transport.request("PUT", tagPath(tag), { name });
}

/** Takes a tag off every printer. */
export function removeTag(transport: Transport, tag: string): Promise<Items<Tag>> {
  return transport.request("DELETE", tagPath(tag));
}

function tagPath(tag: string): string {
  return `/printers/tags/${encodeURIComponent(tag)}`;
}
