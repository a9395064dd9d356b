/** Selectors over the active alerts that the live channel keeps, and the order of any. */

import type { Alert } from "../api/types";
import type { State } from "./store";

const WEIGHT = { critical: 0, warning: 1, info: 2 } as const;

/** Per list of alerts: inside Home Assistant a page may look at several engines. */
const known = new WeakMap<object, readonly Alert[]>();

/** Returns the active alerts, newest first; the same list while nothing changed. */
export function selectAlerts(state: State): readonly Alert[] {
  const { items } = state.live.alerts;
  const active = known.get(items) ?? newestFirst(Object.values(items));
  known.set(items, active);
  return active;
}

export function newestFirst(alerts: readonly Alert[]): readonly Alert[] {
  return [...alerts].sort((a, b) => b.raised_at.localeCompare(a.raised_at) || a.id.localeCompare(b.id));
}

/** Returns them with what matters most first. */
export function worstFirst(alerts: readonly Alert[]): readonly Alert[] {
  return [...newestFirst(alerts)].sort((a, b) => WEIGHT[a.severity] - WEIGHT[b.severity]);
}

/** Returns how many were raised after that instant; all of them before anything was ever seen. */
export function unseen(alerts: readonly Alert[], seenUntil: string | null): number {
  if (seenUntil === null) return alerts.length;
  const until = Date.parse(seenUntil);
  return alerts.filter(({ raised_at }) => Date.parse(raised_at) > until).length;
}

export interface Day {
  /** Local midnight, in ms. */
  readonly at: number;
  readonly alerts: readonly Alert[];
}

/** Returns alerts by the day they were raised, in the order they come. */
export function byDay(alerts: readonly Alert[]): readonly Day[] {
  const days: { at: number; alerts: Alert[] }[] = [];
  for (const alert of alerts) {
    const at = new Date(alert.raised_at).setHours(0, 0, 0, 0);
    const day = days.at(-1);
    if (day?.at === at) day.alerts.push(alert);
    else days.push({ at, alerts: [alert] });
  }
  return days;
}
