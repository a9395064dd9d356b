/** When the farm needs hands: the ends of the running prints on one line. Pure. */

import type { Printer } from "../../api/types";
import { activeSlot, isRunning } from "../../components/printer-tile/summary";
import type { EndOf } from "./selection";

export interface Finish {
  readonly id: string;
  readonly name: string;
  /** In ms since the epoch. */
  readonly at: number;
  /** Of the filament that is printed, `#RRGGBBAA`. */
  readonly color: string | null;
}

/** Returns what ends when, soonest first; only what goes on by itself. */
export function finishesOf(printers: readonly Printer[], endOf: EndOf): readonly Finish[] {
  return printers
    .flatMap((printer) => {
      const goesOn = printer.is_live && isRunning(printer) && printer.activity !== "paused";
      const at = goesOn ? endOf(printer) : null;
      return at === null ? [] : [{ id: printer.id, name: printer.name, at, color: activeSlot(printer)?.color ?? null }];
    })
    .sort((a, b) => a.at - b.at || a.name.localeCompare(b.name));
}

export interface Dot extends Finish {
  /** From the left, 0 to 100. */
  readonly x: number;
  /** Which end of its words stands over the dot: they stay within the line. */
  readonly anchor: "start" | "middle" | "end";
  readonly hasLabel: boolean;
}

/** Returns where each finish stands between now and the last, and which have room for words, which are `labelPx` wide. */
export function dotsOf(finishes: readonly Finish[], nowMs: number, widthPx: number, labelPx: (finish: Finish) => number): readonly Dot[] {
  const last = finishes.at(-1);
  if (!last) return [];
  const span = Math.max(last.at - nowMs, 1);
  let free = 0;
  return finishes.map((finish) => {
    const x = Math.min(100, Math.max(0, ((finish.at - nowMs) / span) * 100));
    const middle = (x / 100) * widthPx;
    const ownPx = labelPx(finish);
    const anchor = middle < ownPx / 2 ? "start" : middle > widthPx - ownPx / 2 ? "end" : "middle";
    const from = anchor === "start" ? middle : anchor === "end" ? middle - ownPx : middle - ownPx / 2;
    // The last one, when everything is done, always has its words.
    const hasLabel = finish === last || (from >= free && from + ownPx <= widthPx - labelPx(last));
    if (hasLabel) free = from + ownPx;
    return { ...finish, x, anchor, hasLabel };
  });
}

/** Returns how many end today, and how many after midnight. */
export function handsNeeded(finishes: readonly Finish[], now: Date): { readonly today: number; readonly later: number } {
  const today = finishes.filter(({ at }) => new Date(at).toDateString() === now.toDateString()).length;
  return { today, later: finishes.length - today };
}
