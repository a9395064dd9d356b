/** Putting alerts away, with the way back. */

import { dismissAlerts, restoreAlerts } from "../../api/alerts";
import { ApiError } from "../../api/transport";
import { plural, t } from "../../localize";
import type { Services } from "../../services";

/** Puts alerts away and says so, with an undo. Tells of a refusal instead. */
export async function dismiss(services: Services, ids: readonly string[]): Promise<void> {
  const { transport, toasts } = services;
  const told = async (deed: () => Promise<void>) => {
    try {
      await deed();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toasts.show("failed", error.message);
    }
  };
  await told(async () => {
    const gone = await dismissAlerts(transport, ids);
    if (gone.length === 0) return;
    const those = gone.map(({ id }) => id);
    const undo = () => restoreAlerts(transport, those);
    toasts.show("done", plural("alerts.gone", gone.length), { label: t("alerts.undo"), run: () => void told(undo) });
  });
}
