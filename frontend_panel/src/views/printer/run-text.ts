/** A print that is over, in few words. */

import type { Run } from "../../api/types";
import { t } from "../../localize";
import { duration, grams, percent } from "../../localize/format";

/** Returns how long it printed, and what it weighs or how far it came. */
export function runFacts({ printing_s: seconds, weight_g: weight, result, progress_pct: done, was_seen_starting: isWhole }: Run): readonly string[] {
  const time = seconds > 0 ? [isWhole ? duration(seconds) : t("prints.at_least", { time: duration(seconds) })] : [];
  if (result === "finished") return weight === null ? time : [...time, grams(weight)];
  return done === null ? time : [...time, t("prints.stopped_at", { done: percent(done) })];
}
