/** Temperatures as they were: one sample a minute while a print runs. */

import { printerPath } from "./control";
import type { Transport } from "./transport";
import type { Items, Sample } from "./types";

/** As many as a chart can show apart. */
const POINTS = 720;

export async function readTelemetry(transport: Transport, printerId: string, since: Date): Promise<readonly Sample[]> {
  const query = new URLSearchParams({ since: since.toISOString(), points: String(POINTS) });
  const answer = await transport.request<Items<Sample>>("GET", `${printerPath(printerId, "telemetry")}?${query.toString()}`);
  return answer.items;
}
