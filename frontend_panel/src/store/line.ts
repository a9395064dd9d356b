/** What is worth saying about the live line; it changes far less often than what comes over it. */

import type { LiveState } from "./live";
import type { State } from "./store";

export interface Line {
  readonly phase: LiveState["phase"];
  /** Since when nothing is heard, in ms; `null` while it is live. */
  readonly lostAt: number | null;
  readonly failures: number;
  readonly reason: string;
  readonly isOutdated: boolean;
}

let line: Line = { phase: "connecting", lostAt: null, failures: 0, reason: "", isOutdated: false };

/** Returns the line's state; the same object while nothing about it changed. */
export function selectLine({ live }: State): Line {
  const { phase, failures, reason, isOutdated } = live;
  const next = { phase, lostAt: phase === "lost" ? live.heardAt : null, failures, reason, isOutdated };
  const names = Object.keys(next) as (keyof Line)[];
  if (names.some((name) => next[name] !== line[name])) line = next;
  return line;
}
