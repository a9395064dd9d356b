/** The points of the temperatures chart: what was kept, then what was heard since. Pure. */

import type { Printer, Sample } from "../../api/types";
import { heaters, measured } from "./heaters";

export const RANGES = ["print", "hour", "day", "week"] as const;
export type RangeName = (typeof RANGES)[number];

/** One instant; values by the key of the heater. */
export interface Point {
  /** In seconds since the epoch. */
  readonly at_s: number;
  readonly values: Readonly<Record<string, number | null>>;
}

/** As the chart takes them: the instants, then one row of values for each line. */
export type Rows = readonly [readonly number[], ...(readonly (number | null)[])[]];

const HOUR_S = 3600;
const LENGTH_S: Readonly<Record<Exclude<RangeName, "print">, number>> = { hour: HOUR_S, day: 24 * HOUR_S, week: 168 * HOUR_S };
/** The engine keeps one sample a minute; two missing ones are a gap, not a slow line. */
const GAP_LEAST_S = 180;
/** As the engine is asked for; wider ranges come as means over several minutes. */
const POINTS = 720;
/** Reports come twice a second at times; a line needs fewer. */
const LIVE_EVERY_S = 2;
const LIVE_MOST = 5400;
const DRAWN_LEAST_S = 300;

/** Returns where a range begins; `print` needs a job that tells when it began. */
export function beginning(range: RangeName, printer: Printer, now_s: number): number {
  const started = startOf(printer);
  // The clock of a printer may run ahead.
  if (range === "print") return Math.min(started ?? now_s - HOUR_S, now_s - DRAWN_LEAST_S);
  return now_s - LENGTH_S[range];
}

/** Returns where the chart begins: an hour of which only minutes are known is drawn as those minutes. */
export function drawnFrom(range: RangeName, since_s: number, rows: Rows, now_s: number): number {
  const first = rows[0][0];
  if (range !== "hour" || first === undefined) return since_s;
  return Math.max(since_s, Math.min(first, now_s - DRAWN_LEAST_S));
}

/** Returns when the job began, in seconds; `undefined` where there is none or nobody saw it. */
export function startOf({ job, activity }: Printer): number | undefined {
  if (job?.started_at == null || activity === "idle") return undefined;
  return Date.parse(job.started_at) / 1000;
}

/** Returns the points of kept samples. */
export function kept(samples: readonly Sample[], keys: readonly string[]): readonly Point[] {
  return samples.map((sample) => ({
    at_s: Date.parse(sample.at) / 1000,
    values: Object.fromEntries(keys.map((key) => [key, measured(sample, key)])),
  }));
}

/** Returns the points heard so far with this report, if it is worth one. */
export function heard(points: readonly Point[], printer: Printer, now_s: number): readonly Point[] {
  const last = points.at(-1);
  if (!printer.is_live || (last && now_s - last.at_s < LIVE_EVERY_S)) return points;
  const values = Object.fromEntries(heaters(printer).map(({ key, heat }) => [key, heat?.current_c ?? null]));
  return [...points, { at_s: now_s, values }].slice(-LIVE_MOST);
}

/** Returns both one after the other, from `since_s`, with a hole where nothing was heard for too long. */
export function joined(history: readonly Point[], live: readonly Point[], keys: readonly string[], since_s: number, until_s: number): Rows {
  const before = live[0]?.at_s ?? Infinity;
  const points = [...history.filter(({ at_s }) => at_s < before), ...live].filter(({ at_s }) => at_s >= since_s);
  const gap_s = Math.max(GAP_LEAST_S, (2.5 * (until_s - since_s)) / POINTS);
  const whole = points.flatMap((point, i) => {
    const previous = points[i - 1];
    const isHole = previous !== undefined && point.at_s - previous.at_s > gap_s;
    return isHole ? [{ at_s: previous.at_s + 1, values: {} }, point] : [point];
  });
  return [whole.map(({ at_s }) => at_s), ...keys.map((key) => whole.map(({ values }) => values[key] ?? null))];
}

/** Returns the rows of at most `most` instants, evenly picked, newest first, holes left out. */
export function picked(rows: Rows, most: number): readonly (readonly (number | null)[])[] {
  const [times, ...lines] = rows;
  const full = times.map((_, i) => i).filter((i) => lines.some((line) => line[i] !== null));
  const step = Math.max(1, Math.ceil(full.length / most));
  const chosen = full.filter((_, i) => (full.length - 1 - i) % step === 0).reverse();
  return chosen.map((i) => [times[i] ?? null, ...lines.map((line) => line[i] ?? null)]);
}
