import type { Alert } from "../../api/types";

/** Returns since when printers are not heard, in ms since the epoch, by their id; as far as an alert tells. */
export function awayOf(alerts: readonly Alert[]): ReadonlyMap<string, number> {
  const lost = alerts.filter(({ kind, code }) => kind === "connection" && code !== "control_refused");
  return new Map(lost.flatMap(({ printer_id, raised_at }) => (printer_id === null ? [] : [[printer_id, Date.parse(raised_at)]])));
}
