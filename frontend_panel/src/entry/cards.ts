/** The door for Home Assistant's dashboards: the printer's card and badge. Small, as every dashboard loads it. */

import { offerCards } from "../cards/offer";
import { BADGE_TYPE, CARD_TYPE } from "../cards/suggestion";
import { isBuildOfPage, tellOutdated } from "../host/build";
import { defineStandIn } from "../host/stand-in";
import type { TextKey } from "../localize";

offerCards();
if (isBuildOfPage()) {
  import("../cards/elements").catch(() => {
    standIn("host.not_loaded");
  });
} else {
  tellOutdated();
  standIn("host.outdated");
}

function standIn(text: TextKey): void {
  defineStandIn(CARD_TYPE, text, "card");
  defineStandIn(BADGE_TYPE, text, "badge");
}
