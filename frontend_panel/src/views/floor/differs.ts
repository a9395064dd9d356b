/** Whether two values say different things: for properties that are made anew with every report. */
export function differs(value: unknown, before: unknown): boolean {
  return value !== before && JSON.stringify(value) !== JSON.stringify(before);
}
