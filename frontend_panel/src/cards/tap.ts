/** What happens when somebody taps a card or badge. */

import { PANEL, panelAddress } from "../host/address";
import type { BadgeConfig } from "./config";
import { statusOf } from "./device";
import type { Chosen } from "./device";
import type { Hass } from "./hass";
import { hasPanels, tell } from "./hass";

/** `link` leads to an address of the panel, `action` is one of Home Assistant's. */
export type Tap =
  | { readonly kind: "none" }
  | { readonly kind: "link"; readonly href: string }
  | { readonly kind: "action"; readonly config: Readonly<Record<string, unknown>> };

/** Returns what a tap does; where there is no panel to go to it tells more of the printer's status. */
export function tapOf(hass: Hass, config: Pick<BadgeConfig, "tap_action">, { deviceId, entryId, printerId }: Chosen): Tap {
  const tap_action = config.tap_action ?? (isPanelThere(hass) ? undefined : { action: "more-info" });
  if (tap_action === undefined) {
    return { kind: "link", href: panelAddress(`printers/${encodeURIComponent(printerId)}`, entryId) };
  }
  if (tap_action.action === "none") return { kind: "none" };
  return { kind: "action", config: { entity: statusOf(hass.entities, deviceId), tap_action } };
}

function isPanelThere(hass: Hass): boolean {
  return PANEL.slice(1) in hass.panels && hasPanels();
}

/** Does it. */
export function runTap(from: EventTarget, tap: Tap): void {
  if (tap.kind === "action") tell(from, "hass-action", { config: tap.config, action: "tap" });
  if (tap.kind !== "link") return;
  history.pushState(null, "", tap.href);
  dispatchEvent(new CustomEvent("location-changed", { detail: { replace: false } }));
}
