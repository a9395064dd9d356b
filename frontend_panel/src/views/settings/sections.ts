/** The sections of the settings: who may see each, and how it is drawn once its code is there. */

import { html } from "lit";

import type { Permission } from "../../api/types";
import { account, browser, info, key, log, people, printer, settings, tasks } from "../../components/icon/icons";
import { t } from "../../localize";
import type { LazyPage } from "../app/outlet";

export interface Section {
  readonly id: string;
  readonly group: "farm" | "you" | "engine";
  readonly title: string;
  /** What is found there. */
  readonly what: string;
  readonly icon: string;
  readonly needs: Permission;
  readonly page: LazyPage;
}

/** Returns every section, in the order they are shown. */
export function allSections(): readonly Section[] {
  return [
    {
      id: "printers",
      group: "farm",
      title: t("settings.printers"),
      what: t("settings.printers.what"),
      icon: printer,
      needs: "manage:printers",
      page: {
        name: "settings/printers",
        load: () => import("./printers/printers"),
        draw: () => html`<odin-settings-printers></odin-settings-printers>`,
      },
    },
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
    {
      id: "engine",
      group: "engine",
      title: t("settings.engine"),
      what: t("settings.engine.what"),
      icon: settings,
      needs: "read:system",
      page: {
        name: "settings/engine",
        load: () => import("./engine"),
        draw: () => html`<odin-settings-engine></odin-settings-engine>`,
      },
    },
    {
      id: "tasks",
      group: "engine",
      title: t("settings.tasks"),
      what: t("settings.tasks.what"),
      icon: tasks,
      needs: "read:tasks",
      page: {
        name: "settings/tasks",
        load: () => import("./tasks"),
        draw: () => html`<odin-settings-tasks></odin-settings-tasks>`,
      },
    },
    {
      id: "audit",
      group: "engine",
      title: t("settings.audit"),
      what: t("settings.audit.what"),
      icon: log,
      needs: "read:audit",
      page: {
        name: "settings/audit",
        load: () => import("./audit"),
        draw: () => html`<odin-settings-audit></odin-settings-audit>`,
      },
    },
    {
      id: "about",
      group: "engine",
      title: t("settings.about"),
      what: t("settings.about.what"),
      icon: info,
      needs: "read:system",
      page: {
        name: "settings/about",
        load: () => import("./about"),
        draw: () => html`<odin-settings-about></odin-settings-about>`,
      },
    },
  ];
}

export const GROUPS = ["farm", "you", "engine"] as const;
