/** Single pictures of a printer's camera. */

import { t } from "../localize";
import { printerPath } from "./control";
import type { Transport } from "./transport";
import { ApiError } from "./transport";

export interface Frame {
  readonly picture: Blob;
  /** How old it was when it arrived, by the engine's own clock. */
  readonly age_ms: number;
}

/** Longer than the engine waits for a camera. */
const PATIENCE_MS = 20_000;

/** Returns the newest picture; throws `ApiError` with the engine's sentence where there is none. */
export async function readFrame(transport: Transport, printerId: string, cameraId: string): Promise<Frame> {
  const path = printerPath(printerId, `camera/${encodeURIComponent(cameraId)}/frame`);
  let response: Response;
  try {
    response = await fetch(await transport.address(path), { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (response.ok) return { picture: await response.blob(), age_ms: ageOf(response.headers) };
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(t("error.unreachable"), 0);
  }
  throw new ApiError(await detailOf(response), response.status);
}

/** Both instants are the engine's, so that a wrong clock on this device does not count. */
function ageOf(headers: Headers): number {
  const taken = Date.parse(headers.get("X-Taken-At") ?? "");
  const answered = Date.parse(headers.get("Date") ?? "");
  return Number.isNaN(taken) || Number.isNaN(answered) ? 0 : Math.max(0, answered - taken);
}

async function detailOf(response: Response): Promise<string> {
  const problem = (await response.json().catch(() => undefined)) as { readonly detail?: unknown } | undefined;
  return typeof problem?.detail === "string" ? problem.detail : t("error.status", { status: response.status });
}
