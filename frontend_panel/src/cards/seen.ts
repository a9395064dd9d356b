/** What a card shows of the store, so that it is drawn anew only when its own printer says something. */

import type { Printer } from "../api/types";
import type { State } from "../store/store";
import { permits } from "../store/session";

export interface Seen {
  /** Whether the engine answers at all; `waiting` until that is known. */
  readonly engine: "waiting" | "away" | "there";
  readonly maySee: boolean;
  readonly mayControl: boolean;
  readonly mayLook: boolean;
  /** `undefined` where the engine does not list it. */
  readonly printer: Printer | undefined;
  /** Nothing is heard of the engine: every value is old. */
  readonly isStale: boolean;
  /** Since when nothing is heard of the printer, in ms since the epoch; `null` where that is not known, or it is heard. */
  readonly heardAt: number | null;
}

/** Returns what is known of a printer. */
export function seenOf({ session, live }: State, printerId: string): Seen {
  const hasList = live.printers.revision !== null;
  return {
    engine: hasList ? "there" : engine(session.phase, live.failures),
    maySee: session.phase !== "signed_in" || permits(session, "read:printers"),
    mayControl: permits(session, "control:printers"),
    mayLook: permits(session, "read:cameras"),
    printer: live.printers.items[printerId],
    isStale: live.phase !== "live",
    heardAt: live.phase === "lost" ? live.heardAt : awaySince(live, printerId),
  };
}

/** One failed attempt may be a hiccup. */
function engine(phase: State["session"]["phase"], failures: number): Seen["engine"] {
  const isAway = phase === "unreachable" || phase === "signed_out" || phase === "setup" || failures > 1;
  return isAway ? "away" : "waiting";
}

function awaySince({ alerts }: State["live"], printerId: string): number | null {
  const lost = Object.values(alerts.items).find(
    ({ printer_id, kind, code }) => printer_id === printerId && kind === "connection" && code !== "control_refused",
  );
  return lost ? Date.parse(lost.raised_at) : null;
}

/** Whether two of them say the same. */
export function isSame(a: Seen | undefined, b: Seen | undefined): boolean {
  if (!a || !b) return a === b;
  return (Object.keys(a) as (keyof Seen)[]).every((name) => a[name] === b[name]);
}
