/** Leaving objects of the running plate unprinted. */

import { printerPath } from "./control";
import type { Transport } from "./transport";

/** Skips objects for good; at least one must remain. */
export function skipObjects(transport: Transport, printerId: string, ids: readonly number[]): Promise<void> {
  return transport.request("POST", printerPath(printerId, "skip-objects"), { object_ids: ids });
}
