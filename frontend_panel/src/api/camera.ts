/** Single pictures of a printer's camera. */

import { t } from "../localize";
import { refusal } from "./answers";
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
  const response = await transport.read(path, AbortSignal.timeout(PATIENCE_MS));
  if (!response.ok) throw refusal(response.status, await response.json().catch(() => undefined));
  try {
    return { picture: await response.blob(), age_ms: ageOf(response.headers) };
  } catch {
    throw new ApiError(t("error.unreachable"), 0);
  }
}

/** Both instants are the engine's, so that a wrong clock on this device does not count. */
function ageOf(headers: Headers): number {
  const taken = Date.parse(headers.get("X-Taken-At") ?? "");
  const answered = Date.parse(headers.get("Date") ?? "");
  return Number.isNaN(taken) || Number.isNaN(answered) ? 0 : Math.max(0, answered - taken);
}
