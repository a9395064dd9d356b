/** Which parts a card would show of a printer, had it the room; pure. */

import type { Printer } from "../api/types";
import { hasEnded, isRunning } from "../components/printer-tile/summary";
import { isPlateToClear } from "../store/printers";
import { helpsOf } from "../views/printer/helps";
import type { CardConfig } from "./config";
import type { Part } from "./room";
import type { Seen } from "./seen";

/** These say it all themselves. */
const PLAIN_LINKS: ReadonlySet<Printer["link"]> = new Set(["online", "connecting", "disabled"]);

export function partsOf(
  printer: Printer,
  config: CardConfig,
  { mayControl, isStale }: Pick<Seen, "mayControl" | "isStale">,
): ReadonlySet<Part> {
  const needsHelp = isPlateToClear(printer) || (printer.is_live && helpsOf(printer).length > 0);
  const wanted: Record<Part, boolean> = {
    help: !config.hide_controls && mayControl && (config.layout === "full" || needsHelp),
    faults: printer.faults.length > 0,
    time: isStale || !printer.is_live || isRunning(printer) || hasEnded(printer),
    link: !PLAIN_LINKS.has(printer.link),
    filament: !config.hide_filament && printer.filament_units.length > 0,
    temperatures: !config.hide_temperatures,
    picture: !config.hide_picture,
  };
  return new Set((Object.keys(wanted) as Part[]).filter((part) => wanted[part]));
}
