/** What Home Assistant's pickers offer for an entity somebody chose. */

import { t } from "../localize";
import { printerOfEntity } from "./device";
import type { Hass } from "./hass";

export const CARD_TYPE = "odin-printer-card";
export const BADGE_TYPE = "odin-printer-badge";

export interface Suggestion {
  readonly label?: string;
  readonly config: Readonly<Record<string, unknown>>;
}

type Known = Pick<Hass, "devices" | "entities">;

/** Returns both layouts of the card of the printer an entity belongs to; `null` for no entity of ours. */
export function suggestCards(hass: Known, entityId: string): readonly Suggestion[] | null {
  const device_id = printerOfEntity(hass.devices, hass.entities, entityId);
  if (device_id === undefined) return null;
  const type = `custom:${CARD_TYPE}`;
  return [
    { label: t("lovelace.layout.grid"), config: { type, device_id, layout: "grid" } },
    { label: t("lovelace.layout.full"), config: { type, device_id, layout: "full" } },
  ];
}

/** Returns the badge of the printer an entity belongs to; `null` for no entity of ours. */
export function suggestBadge(hass: Known, entityId: string): Suggestion | null {
  const device_id = printerOfEntity(hass.devices, hass.entities, entityId);
  return device_id === undefined ? null : { config: { type: `custom:${BADGE_TYPE}`, device_id } };
}
