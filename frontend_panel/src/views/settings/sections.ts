/**
 * The sections of the settings, wherever the panel stands: who may see each, and how it is drawn once its code is there.
 * Those about accounts depend on where people sign in (`login-sections.ts`, `guest-sections.ts`).
 */

import { html } from "lit";

import { info, log, printer, settings, tasks } from "../../components/icon/icons";
import { t } from "../../localize";
import type { Section } from "./section-entry";

/** Returns the sections about the printers. */
export function farmSections(): readonly Section[] {
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
  ];
}

/** Returns the sections about the engine. */
export function engineSections(): readonly Section[] {
  return [
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
