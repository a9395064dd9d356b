/** Selectors over the printers that the live channel keeps. */

import type { Printer } from "../api/types";
import type { State } from "./store";

/** Returns the printers in the order a person should look at them; the same list while nothing changed. */
export const selectPrinters = remembered((items: Readonly<Record<string, Printer>>) =>
  Object.values(items).sort(
    (a, b) => Number(needsPerson(b)) - Number(needsPerson(a)) || a.position - b.position || a.name.localeCompare(b.name),
  ),
);

/** Returns how many of them somebody should go to; a number, so that who shows it is not drawn with every report. */
export const countNeedy = remembered(
  (items: Readonly<Record<string, Printer>>) => Object.values(items).filter(needsPerson).length,
);

/** Returns the printers whose job an emergency stop would end. */
export const selectRunning = remembered((items: Readonly<Record<string, Printer>>) =>
  Object.values(items).filter(hasRunningJob),
);

/** Returns the printers an emergency stop reaches for. */
export const selectEnabled = remembered((items: Readonly<Record<string, Printer>>) =>
  Object.values(items).filter((printer) => printer.link !== "disabled"),
);

export const countEnabled = (state: State): number => selectEnabled(state).length;

/** Whether a job occupies the machine, as far as it was last heard. */
export function hasRunningJob(printer: Printer): boolean {
  return printer.activity === "preparing" || printer.activity === "printing" || printer.activity === "paused";
}

/** Whether something lies on the plate and keeps the next print from starting. */
export function isPlateToClear(printer: Printer): boolean {
  return printer.plate.is_gated && printer.plate.state === "occupied" && !hasRunningJob(printer);
}

/** Whether there is something for a person to do at the machine. */
export function needsPerson(printer: Printer): boolean {
  return isPlateToClear(printer) || (printer.is_live && (printer.attention !== null || printer.activity === "failed"));
}

/** Per list of printers: inside Home Assistant a page may look at several engines. */
function remembered<T>(compute: (items: Readonly<Record<string, Printer>>) => T): (state: State) => T {
  const values = new WeakMap<object, { readonly value: T }>();
  return (state) => {
    const { items } = state.live.printers;
    const known = values.get(items) ?? { value: compute(items) };
    values.set(items, known);
    return known.value;
  };
}
