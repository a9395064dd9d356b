/**
 * When jobs end, by the last word of their printers. They say how long is left, rounded to minutes, so the instant is kept
 * until they say another number; counted anew with each report it would wander.
 */

import type { Printer } from "../api/types";

const SECOND_MS = 1000;

interface Told {
  readonly remaining_s: number;
  /** In ms since the epoch. */
  readonly at: number;
}

export class Endings {
  readonly #told = new Map<string, Told>();
  readonly #now: () => number;

  /** `now` tells the instant in ms since the epoch. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Returns when the job of a printer ends, in ms since the epoch; `null` where it does not say. */
  of(printer: Printer): number | null {
    const remaining_s = printer.job?.remaining_s;
    if (remaining_s == null) {
      this.#told.delete(printer.id);
      return null;
    }
    const before = this.#told.get(printer.id);
    if (before?.remaining_s === remaining_s) return before.at;
    const at = this.#now() + remaining_s * SECOND_MS;
    this.#told.set(printer.id, { remaining_s, at });
    return at;
  }
}

/** What the whole panel goes by, so that no two places name another time. */
export const endings = new Endings(() => Date.now());
