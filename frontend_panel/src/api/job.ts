/** What the file of the running print says about it. */

import { printerPath } from "./control";
import type { Transport } from "./transport";
import type { PrintDetails, PrintObject } from "./types";

export type JobDetails = PrintDetails;
export type JobObject = PrintObject;

/** Returns the details; throws `ApiError` with the reason where the file is not known here. */
export function readJobDetails(transport: Transport, printerId: string): Promise<JobDetails> {
  return transport.request("GET", printerPath(printerId, "job/details"));
}

/**
 * Returns the address of the picture of the plate. The engine's stays the same from job to job; `of` names the job, so that
 * a browser does not show the one before.
 */
export function jobPicture(transport: Transport, printerId: string, of: string): Promise<string> {
  return transport.address(printerPath(printerId, `job/picture?of=${encodeURIComponent(of)}`));
}
