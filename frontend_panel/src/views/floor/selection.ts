/** Which printers the floor shows, in which order, and how many each filter would. Pure. */

import type { Printer } from "../../api/types";
import { isRunning } from "../../components/printer-tile/summary";
import { named } from "../../localize";
import type { FloorView, Sort, StateFilter } from "../../store/preferences";
import { STATES } from "../../store/preferences";
import { needsPerson } from "../../store/printers";

/** When the job of a printer ends, in ms since the epoch. */
export type EndOf = (printer: Printer) => number | null;

export interface Facet {
  readonly value: string;
  readonly count: number;
  /** Of a material: a colour it is loaded in. */
  readonly color?: string | null;
}

export interface Facets {
  readonly states: Readonly<Record<StateFilter, number>>;
  readonly materials: readonly Facet[];
  readonly tags: readonly Facet[];
  readonly models: readonly Facet[];
}

const IS_IN: Readonly<Record<StateFilter, (printer: Printer) => boolean>> = {
  all: () => true,
  printing: (printer) => printer.is_live && isRunning(printer),
  needs: needsPerson,
  free: (printer) =>
    printer.is_live && !isRunning(printer) && !needsPerson(printer) && !printer.is_in_maintenance && printer.activity !== null,
  offline: (printer) => !printer.is_live,
};

/** Units stay the same object while nothing in them changes, which is from report to report. */
const materials = new WeakMap<Printer["filament_units"], readonly string[]>();

/** Returns the materials that are loaded, each once. */
export function materialsOf({ filament_units: units }: Printer): readonly string[] {
  const known = materials.get(units);
  if (known) return known;
  const slots = units.flatMap((unit) => unit.slots);
  const found = [...new Set(slots.flatMap(({ material }) => (material === null ? [] : [material])))];
  materials.set(units, found);
  return found;
}

/** Returns the make of a printer, and with it its model where that is known. */
export function modelsOf({ family, model }: Printer): readonly string[] {
  const make = named("make", family);
  const name = model?.name ?? model?.id ?? "";
  if (name === "" || name === make) return [make];
  return [make, name.toLowerCase().startsWith(make.toLowerCase()) ? name : `${make} ${name}`];
}

type Filter = "materials" | "tags" | "models";
const FILTERS: readonly Filter[] = ["materials", "tags", "models"];
const VALUES: Readonly<Record<Filter, (printer: Printer) => readonly string[]>> = {
  materials: materialsOf,
  tags: ({ tags }) => tags,
  models: modelsOf,
};
/** First what goes on, then what is over, then what could begin. */
const STATE_ORDER = [
  ...(["attention", "paused", "preparing", "printing"] as const),
  ...(["failed", "cancelled", "finished", "idle", "offline"] as const),
];

function hasOneOf(wanted: readonly string[], there: readonly string[]): boolean {
  return wanted.length === 0 || wanted.some((each) => there.includes(each));
}

/** Returns the printers a view shows, in its order. */
export function shownIn(printers: readonly Printer[], view: FloorView, endOf: EndOf): readonly Printer[] {
  return printers
    .filter((printer) => IS_IN[view.state](printer))
    .filter((printer) => FILTERS.every((filter) => hasOneOf(view[filter], VALUES[filter](printer))))
    .sort((a, b) => compare(view.sort, a, b, endOf) || a.position - b.position || a.name.localeCompare(b.name));
}

function compare(sort: Sort, a: Printer, b: Printer, endOf: EndOf): number {
  switch (sort) {
    case "needs":
      return urgency(a) - urgency(b) || ending(a, endOf) - ending(b, endOf);
    case "ending":
      return ending(a, endOf) - ending(b, endOf);
    case "state":
      return STATE_ORDER.indexOf(stateOf(a)) - STATE_ORDER.indexOf(stateOf(b)) || a.name.localeCompare(b.name);
    case "name":
      return a.name.localeCompare(b.name);
    case "model":
      return modelsOf(a).join(" ").localeCompare(modelsOf(b).join(" ")) || a.name.localeCompare(b.name);
    case "position":
      return 0;
  }
}

/** What it does, as far as anybody hears it. */
function stateOf({ activity, is_live: isLive }: Printer): NonNullable<Printer["activity"]> | "offline" {
  return isLive && activity !== null ? activity : "offline";
}

/** Who waits for a person, then who works, then who could, then who cannot be asked. */
function urgency(printer: Printer): number {
  if (needsPerson(printer)) return printer.attention !== null && printer.is_live ? 0 : 1;
  if (!printer.is_live) return 4;
  return isRunning(printer) ? 2 : 3;
}

function ending(printer: Printer, endOf: EndOf): number {
  const at = printer.is_live && isRunning(printer) ? endOf(printer) : null;
  // To the minute: what ends together stays in the chosen order while the seconds wander.
  return at === null ? Number.MAX_SAFE_INTEGER : Math.round(at / 60_000);
}

/** Returns how many printers each filter would show, the other filters as they are. */
export function facetsOf(printers: readonly Printer[], view: FloorView): Facets {
  const passing = (others: readonly Filter[]) =>
    printers.filter((printer) => others.every((filter) => hasOneOf(view[filter], VALUES[filter](printer))));
  const all = passing(FILTERS);
  const states = Object.fromEntries(STATES.map((state) => [state, all.filter(IS_IN[state]).length])) as Facets["states"];
  const facet = (filter: Filter) => {
    const among = passing(FILTERS.filter((other) => other !== filter)).filter(IS_IN[view.state]);
    return counted(printers, among, VALUES[filter], view[filter]);
  };
  return {
    states,
    materials: facet("materials").map((each) => ({ ...each, color: colorOf(printers, each.value) })),
    tags: facet("tags"),
    models: facet("models"),
  };
}

/** What is chosen stays in the list even where nobody has it any more: it could not be taken back otherwise. */
function counted(
  all: readonly Printer[],
  among: readonly Printer[],
  valuesOf: (printer: Printer) => readonly string[],
  chosen: readonly string[],
): readonly Facet[] {
  const counts = new Map<string, number>();
  for (const value of [...chosen, ...all.flatMap(valuesOf)]) counts.set(value, 0);
  for (const value of among.flatMap(valuesOf)) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => a.value.localeCompare(b.value));
}

function colorOf(printers: readonly Printer[], material: string): string | null {
  for (const printer of printers) {
    for (const unit of printer.filament_units) {
      const slot = unit.slots.find((each) => each.material === material && each.color !== null);
      if (slot) return slot.color;
    }
  }
  return null;
}

export type CardSize = "S" | "M" | "L" | "XL";

/** Returns how large a card is: by itself it grows where there is something to do. */
export function sizeOf(printer: Printer, size: FloorView["size"]): CardSize {
  if (size !== "auto") return size;
  return needsPerson(printer) ? "L" : "M";
}
