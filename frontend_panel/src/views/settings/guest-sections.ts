/** The section of the settings about whoever is signed in elsewhere, at Home Assistant: accounts are not kept here. */

import { html } from "lit";

import { account } from "../../components/icon/icons";
import { t } from "../../localize";
import type { Section } from "./section-entry";

/** `integration` is the address of Home Assistant's page about the engine, for those who may see it. */
export function guestSections(integration: string | undefined): readonly Section[] {
  return [
    {
      id: "account",
      group: "you",
      title: t("settings.account"),
      what: t("host.account.what"),
      icon: account,
      needs: "read:printers",
      page: {
        name: "settings/guest",
        load: () => import("./guest"),
        draw: () => html`<odin-settings-guest .integration=${integration}></odin-settings-guest>`,
      },
    },
  ];
}
