/** The arithmetic of a number that is changed in steps. */

export interface Range {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

/** Returns the value `steps` steps on, inside the range; without a value the count begins at `start`. */
export function stepped(value: number | null, steps: number, { min, max, step }: Range, start = min): number {
  return bounded((value ?? start) + steps * step, { min, max });
}

/** Returns the value, moved into the range. */
export function bounded(value: number, { min, max }: Pick<Range, "min" | "max">): number {
  // Steps of 0.1 add up to 0.30000000000000004.
  return Number(Math.min(Math.max(value, min), max).toFixed(6));
}

/** Returns what was typed as a number inside the range, `undefined` where it is none. */
export function typedNumber(text: string, range: Range): number | undefined {
  const value = Number(text.trim().replace(",", "."));
  return text.trim() === "" || !Number.isFinite(value) ? undefined : bounded(value, range);
}
