/** Saying that plates are clear, with the way back. */

import { ApiError } from "../../api/transport";
import type { Printer } from "../../api/types";
import { clearPlate, occupyPlate } from "../../api/upkeep";
import { plural, t } from "../../localize";
import type { Services } from "../../services";

/** Says that the plate of a printer is clear; throws `ApiError` where the engine does not take it. */
export async function clearOne(services: Services, printer: Printer): Promise<void> {
  await clearPlate(services.transport, printer.id);
  tell(services, t("plate.cleared.toast", { name: printer.name }), [printer]);
}

/** Tells that those were cleared, with one undo for all of them. */
export function tellCleared(services: Services, printers: readonly Printer[]): void {
  const [only] = printers;
  if (!only) return;
  const text =
    printers.length === 1 ? t("plate.cleared.toast", { name: only.name }) : plural("choose.plates_cleared", printers.length);
  tell(services, text, printers);
}

function tell(services: Services, text: string, printers: readonly Printer[]): void {
  services.toasts.show("done", text, {
    label: t("plate.undo"),
    // The page may be another one by then.
    run: () => {
      for (const { id } of printers) {
        occupyPlate(services.transport, id).catch((error: unknown) => {
          if (!(error instanceof ApiError)) throw error;
          services.toasts.show("failed", error.message);
        });
      }
    },
  });
}
