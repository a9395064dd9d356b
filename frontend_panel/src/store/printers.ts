/** Selectors over the printers that the live channel keeps. */

import type { Printer } from "../api/types";
import type { State } from "./store";

export interface Counts {
  readonly all: number;
  readonly printing: number;
  readonly attention: number;
}

/** Returns the printers in the order a person should look at them; the same list while nothing changed. */
export const selectPrinters = remembered((items: Readonly<Record<string, Printer>>) =>
  Object.values(items).sort(
    (a, b) => Number(needsPerson(b)) - Number(needsPerson(a)) || a.position - b.position || a.name.localeCompare(b.name),
  ),
);

export const selectCounts = remembered((items: Readonly<Record<string, Printer>>): Counts => {
  const printers = Object.values(items);
  return {
    all: printers.length,
    printing: printers.filter(isPrinting).length,
    attention: printers.filter(needsPerson).length,
  };
});

/** Returns the printers whose job an emergency stop would end. */
export const selectRunning = remembered((items: Readonly<Record<string, Printer>>) =>
  Object.values(items).filter(hasRunningJob),
);

/** Returns the printers an emergency stop reaches for. */
export const selectEnabled = remembered((items: Readonly<Record<string, Printer>>) =>
  Object.values(items).filter((printer) => printer.link !== "disabled"),
);

/** Whether a job occupies the machine, as far as it was last heard. */
export function hasRunningJob(printer: Printer): boolean {
  return printer.activity === "preparing" || printer.activity === "printing" || printer.activity === "paused";
}

/** Whether it is known to move on by itself. */
function isPrinting(printer: Printer): boolean {
  return printer.is_live && (printer.activity === "preparing" || printer.activity === "printing");
}

/** Whether something lies on the plate and keeps the next print from starting. */
export function isPlateToClear(printer: Printer): boolean {
  return printer.plate.is_gated && printer.plate.state === "occupied" && !hasRunningJob(printer);
}

/** Whether there is something for a person to do at the machine. */
export function needsPerson(printer: Printer): boolean {
  return isPlateToClear(printer) || (printer.is_live && (printer.attention !== null || printer.activity === "failed"));
}

function remembered<T>(compute: (items: Readonly<Record<string, Printer>>) => T): (state: State) => T {
  let items: Readonly<Record<string, Printer>> | undefined;
  let value: T;
  return (state) => {
    if (items !== state.live.printers.items) {
      items = state.live.printers.items;
      value = compute(items);
    }
    return value;
  };
}
