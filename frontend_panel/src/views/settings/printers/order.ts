/** The order people gave the printers, and moving one within it. */

import type { Printer } from "../../../api/types";

/** Returns the printers in the order they were given; `wanted` wins while the engine does not show it yet. */
export function inOrder(printers: readonly Printer[], wanted: readonly string[] | undefined): readonly Printer[] {
  const place = new Map(wanted?.map((id, index) => [id, index]));
  const at = (printer: Printer) => place.get(printer.id) ?? (wanted ? wanted.length : 0) + printer.position;
  return [...printers].sort((a, b) => at(a) - at(b) || a.name.localeCompare(b.name));
}

/** Returns the ids with one of them at another place; a place outside means the nearest end. */
export function moved(ids: readonly string[], id: string, to: number): readonly string[] {
  const rest = ids.filter((each) => each !== id);
  if (rest.length === ids.length) return ids;
  const at = Math.max(0, Math.min(to, rest.length));
  return [...rest.slice(0, at), id, ...rest.slice(at)];
}

export interface Span {
  readonly top: number;
  readonly height: number;
}

/** Returns the place a row gets when it is dropped with its middle at `y`; `spans` are the rows as they lie. */
export function dropPlace(spans: readonly Span[], from: number, y: number): number {
  const others = spans.filter((_, index) => index !== from);
  const after = others.findIndex(({ top, height }) => y < top + height / 2);
  return after === -1 ? others.length : after;
}

/** Returns whether both name the same in the same order. */
export function isSameOrder(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index]);
}
