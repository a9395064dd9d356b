/** The end of adding a printer. */

import { html } from "lit";

import type { Printer } from "../../api/types";
import { finished } from "../../components/icon/icons";
import "../../components/kit/empty";
import { t } from "../../localize";
import { FLOOR, addressOf, followed } from "../app/place";

/** Says that a printer is added, and where to go from here. */
export function addedCard(printer: Printer) {
  const place = { page: "printer", id: printer.id } as const;
  return html`
    <section id="done" class="card" tabindex="-1">
      <odin-empty .icon=${finished} .heading=${t("add.done", { name: printer.name })}>
        ${printer.is_observe_only ? t("add.done.observe_only") : t("add.done.what")}
        <a slot="action" class="button primary" href=${addressOf(place)} @click=${followed(place)}>${t("add.done.open")}</a>
        <a slot="action" class="button" href=${addressOf(FLOOR)} @click=${followed(FLOOR)}>${t("add.done.floor")}</a>
      </odin-empty>
    </section>
  `;
}
