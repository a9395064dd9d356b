/** Alerts: the numbers of the bell, the list, and putting them away. The active ones come over the live channel. */

import type { Transport } from "./transport";
import type { Alert, AlertSummary, Items, Page } from "./types";

export function readAlertSummary(transport: Transport): Promise<AlertSummary> {
  return transport.request("GET", "/alerts/summary");
}

/** Notes up to when the person at the screen has seen alerts. */
export function markAlertsSeen(transport: Transport, until: string): Promise<AlertSummary> {
  return transport.request("POST", "/alerts/seen", { until });
}

/** Returns alerts that are active no more, newest first. */
export function readEndedAlerts(transport: Transport, kind: Alert["kind"] | "", cursor: string | null): Promise<Page<Alert>> {
  const query = new URLSearchParams({ state: "ended", limit: "50" });
  if (kind !== "") query.set("kind", kind);
  if (cursor !== null) query.set("cursor", cursor);
  return transport.request("GET", `/alerts?${query.toString()}`);
}

/** Puts alerts away for everybody; answers those that were active. */
export async function dismissAlerts(transport: Transport, ids: readonly string[]): Promise<readonly Alert[]> {
  const answer = await transport.request<Items<Alert>>("POST", "/alerts/dismiss", { ids });
  return answer.items;
}

/** Takes back that they were put away. */
export async function restoreAlerts(transport: Transport, ids: readonly string[]): Promise<void> {
  await Promise.all(ids.map((id) => transport.request("POST", `/alerts/${encodeURIComponent(id)}/restore`)));
}
