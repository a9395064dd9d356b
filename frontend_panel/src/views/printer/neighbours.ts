/** The printers in the order of the floor, for going from one to the next. */

import type { Printer } from "../../api/types";

export function inOrder(items: Readonly<Record<string, Printer>>): readonly Printer[] {
  return Object.values(items).sort((a, b) => a.position - b.position || a.name.localeCompare(b.name));
}

/** Returns who stands before and after; the last is followed by the first, and nobody by himself. */
export function neighbours(
  printers: readonly Printer[],
  id: string,
): { readonly before: Printer | undefined; readonly after: Printer | undefined } {
  const at = printers.findIndex((printer) => printer.id === id);
  if (at < 0 || printers.length < 2) return { before: undefined, after: undefined };
  return { before: printers.at(at - 1), after: printers[(at + 1) % printers.length] };
}
