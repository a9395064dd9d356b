/** The sections of the settings about accounts, where people sign in at the engine itself. */

import { html } from "lit";

import { account, browser, key, people } from "../../components/icon/icons";
import { t } from "../../localize";
import type { Section } from "./section-entry";

export function loginSections(): readonly Section[] {
  return [
    {
      id: "users",
      group: "farm",
      title: t("settings.users"),
      what: t("settings.users.what"),
      icon: people,
      needs: "manage:users",
      page: {
        name: "settings/users",
        load: () => import("./users/users"),
        draw: () => html`<odin-settings-users></odin-settings-users>`,
      },
    },
    {
      id: "account",
      group: "you",
      title: t("settings.account"),
      what: t("settings.account.what"),
      icon: account,
      needs: "manage:own-account",
      page: {
        name: "settings/account",
        load: () => import("./account"),
        draw: () => html`<odin-settings-account></odin-settings-account>`,
      },
    },
    {
      id: "sessions",
      group: "you",
      title: t("settings.sessions"),
      what: t("settings.sessions.what"),
      icon: browser,
      needs: "manage:own-account",
      page: {
        name: "settings/sessions",
        load: () => import("./sessions"),
        draw: () => html`<odin-settings-sessions></odin-settings-sessions>`,
      },
    },
    {
      id: "tokens",
      group: "you",
      title: t("settings.tokens"),
      what: t("settings.tokens.what"),
      icon: key,
      needs: "manage:own-account",
      page: {
        name: "settings/tokens",
        load: () => import("./tokens/tokens"),
        draw: () => html`<odin-settings-tokens></odin-settings-tokens>`,
      },
    },
  ];
}
