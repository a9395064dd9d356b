/** Whether there is anything to say about the plate of a printer. */

import type { Printer } from "../../api/types";
import { isRunning } from "../../components/printer-tile/summary";

export function hasPlateNews(printer: Printer): boolean {
  if (isRunning(printer)) return false;
  if (printer.plate.state === "occupied") return true;
  // Of a printer that was never heard nobody knows what lies on its plate.
  return printer.plate.is_gated && printer.activity !== null;
}
