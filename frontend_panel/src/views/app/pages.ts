/** The pages behind the login: what they are called, who may see them, and how each is drawn once its code is there. */

import { html } from "lit";

import { t } from "../../localize";
import type { LazyPage } from "./lazy-page";
import { FLOOR } from "./place";
import type { Place } from "./place";
import { surroundings } from "./surroundings";

export interface Crumb {
  readonly label: string;
  /** Where it leads; the last one leads nowhere. */
  readonly place?: Place;
}

/** Returns which printer a place is about. */
export function printerOf(place: Place): string | undefined {
  if (place.page === "printer") return place.id;
  return place.page === "floor" ? place.printer : undefined;
}

/** Returns the way to a place in words, the place itself last; `printer` is the name of the one it is about. */
export function crumbsOf(place: Place, printer: string | undefined): readonly Crumb[] {
  const floor = { label: t("nav.floor"), place: FLOOR };
  switch (place.page) {
    case "floor":
      return [{ label: t("nav.floor") }];
    case "add-printer":
      return [floor, { label: t("nav.add-printer") }];
    case "printer":
      return [floor, { label: printer ?? t("nav.printer") }];
    case "alerts":
      return [{ label: t("nav.alerts") }];
    case "settings":
      return settingsCrumbs(place.section);
  }
}

function settingsCrumbs(id: string): readonly Crumb[] {
  const section = surroundings().sections().find((each) => each.id === id);
  const settings = { label: t("nav.settings") };
  return section ? [{ ...settings, place: { page: "settings", section: "" } }, { label: section.title }] : [settings];
}

/** Returns the name of a place for the window's title. */
export function titleOf(place: Place, printer: string | undefined): string {
  if (place.page === "floor" && printer !== undefined) return printer;
  return crumbsOf(place, printer).at(-1)?.label ?? "";
}

/** Returns the permission without which a page is of no use. */
export function permissionFor(place: Place): string | undefined {
  switch (place.page) {
    case "floor":
    case "printer":
      return "read:printers";
    case "add-printer":
      return "manage:printers";
    case "alerts":
      return "read:alerts";
    case "settings":
      return undefined;
  }
}

/** Returns the page of a place. */
export function pageOf(place: Place): LazyPage {
  switch (place.page) {
    case "floor":
      return {
        name: "floor",
        load: () => import("../floor/floor"),
        draw: () => html`<odin-floor .drawer=${place.printer ?? null}></odin-floor>`,
      };
    case "add-printer":
      return {
        name: "add-printer",
        load: () => import("../add-printer/add-printer"),
        draw: () => html`<odin-add-printer .heading=${t("nav.add-printer")}></odin-add-printer>`,
      };
    case "printer":
      return {
        name: "printer",
        about: place.id,
        load: () => import("../printer/printer-page"),
        draw: () => html`<odin-printer-page .printerId=${place.id}></odin-printer-page>`,
      };
    case "alerts":
      return {
        name: "alerts",
        load: () => import("../alerts/alerts"),
        draw: () => html`<odin-alerts></odin-alerts>`,
      };
    case "settings":
      return {
        name: "settings",
        load: () => import("../settings/settings"),
        draw: () => html`<odin-settings .section=${place.section}></odin-settings>`,
      };
  }
}
