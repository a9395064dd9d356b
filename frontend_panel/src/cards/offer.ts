/** What Home Assistant's pickers are told about the card and the badge. */

import { t } from "../localize";
import type { Hass } from "./hass";
import { BADGE_TYPE, CARD_TYPE, suggestBadge, suggestCards } from "./suggestion";
import type { Suggestion } from "./suggestion";

/** Source: home-assistant/frontend, `src/data/lovelace_custom_cards.ts`, 2026.10. */
interface Offer {
  readonly type: string;
  readonly name: string;
  readonly description: string;
  readonly preview: boolean;
  readonly getEntitySuggestion: (hass: Hass, entityId: string) => Suggestion | readonly Suggestion[] | null;
}

interface Offering {
  customCards?: Offer[];
  customBadges?: Offer[];
}

/** Offers them, once per page. */
export function offerCards(page: Offering = globalThis as Offering): void {
  add((page.customCards ??= []), {
    type: CARD_TYPE,
    name: t("lovelace.card"),
    description: t("lovelace.card.what"),
    preview: true,
    getEntitySuggestion: suggestCards,
  });
  add((page.customBadges ??= []), {
    type: BADGE_TYPE,
    name: t("lovelace.badge"),
    description: t("lovelace.badge.what"),
    preview: true,
    getEntitySuggestion: suggestBadge,
  });
}

function add(offers: Offer[], offer: Offer): void {
  if (!offers.some(({ type }) => type === offer.type)) offers.push(offer);
}
