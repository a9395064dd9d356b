/** What the search field finds: pages, printers, and things to do. */

import type { Printer } from "../../api/types";
import { bell, floor, keyboard, pause, play, plus, printer as printerIcon, settings, signOut, stop, theme } from "../../components/icon/icons";
import { t, word } from "../../localize";
import { hasRunningJob } from "../../store/printers";
import { THEME_CHOICES } from "../../theme/theme";
import { FLOOR, goTo } from "./place";
import type { Place } from "./place";
import type { Entry } from "./search";
import { surroundings } from "./surroundings";

/** What an entry can set going besides going somewhere. */
export interface Deeds {
  readonly pause: (printer: Printer) => void;
  readonly resume: (printer: Printer) => void;
  readonly stopEverything: () => void;
  readonly showKeys: () => void;
  /** Somebody whom Home Assistant vouches for has no session here to end. */
  readonly signOut: (() => void) | undefined;
}

/** Returns every entry for whoever holds those permissions. */
export function entriesFor(printers: readonly Printer[], permissions: readonly string[], deeds: Deeds): readonly Entry[] {
  const may = (permission: string) => permissions.includes(permission);
  return [
    ...pages(may),
    ...printers.map(printerEntry),
    ...(may("control:printers") ? printers.flatMap((printer) => jobEntries(printer, deeds)) : []),
    ...actions(may, deeds),
  ];
}

function pages(may: (permission: string) => boolean): readonly Entry[] {
  const to = (id: string, label: string, icon: string, place: Place): Entry => ({
    id: `page/${id}`,
    group: "page",
    label,
    detail: "",
    icon,
    isOffered: true,
    run: () => {
      goTo(place);
    },
  });
  return [
    to("floor", t("nav.floor"), floor, FLOOR),
    ...(may("read:alerts") ? [to("alerts", t("nav.alerts"), bell, { page: "alerts" })] : []),
    to("settings", t("nav.settings"), settings, { page: "settings", section: "" }),
    ...(may("manage:printers") ? [to("add", t("nav.add-printer"), plus, { page: "add-printer" })] : []),
    ...surroundings()
      .sections()
      .filter(({ needs }) => may(needs))
      .map(({ id, title, icon }) => ({
        ...to(`settings/${id}`, title, icon, { page: "settings", section: id }),
        detail: t("nav.settings"),
        isOffered: false,
      })),
  ];
}

function printerEntry(printer: Printer): Entry {
  const state = printer.is_live ? (printer.activity ?? printer.link) : printer.link;
  const parts = [printer.model?.name, word("search.state", state), printer.job?.name, ...printer.tags];
  return {
    id: `printer/${printer.id}`,
    group: "printer",
    label: printer.name,
    detail: parts.filter(Boolean).join(" · "),
    icon: printerIcon,
    isOffered: true,
    run: () => {
      goTo({ page: "printer", id: printer.id });
    },
  };
}

/** A print that runs can be held, one that is held can go on; where the printer takes commands. */
function jobEntries(printer: Printer, deeds: Deeds): readonly Entry[] {
  if (!printer.is_live || !hasRunningJob(printer) || printer.is_observe_only || printer.control === "refused") return [];
  const isPaused = printer.activity === "paused";
  const verb = isPaused ? "resume" : "pause";
  if (!printer.capabilities.commands.includes(verb)) return [];
  return [
    {
      id: `${verb}/${printer.id}`,
      group: "action",
      label: t(isPaused ? "search.resume" : "search.pause", { name: printer.name }),
      detail: printer.job?.name ?? "",
      icon: isPaused ? play : pause,
      isOffered: false,
      run: () => {
        deeds[verb](printer);
      },
    },
  ];
}

function actions(may: (permission: string) => boolean, deeds: Deeds): readonly Entry[] {
  const act = (id: string, label: string, icon: string, run: () => void): Entry => ({
    id: `action/${id}`,
    group: "action",
    label,
    detail: "",
    icon,
    isOffered: false,
    run,
  });
  const { appearance } = surroundings();
  const looks = appearance
    ? THEME_CHOICES.map((choice) =>
        act(`theme/${choice}`, t("search.theme", { name: word("theme", choice) }), theme, () => {
          appearance.choose(choice);
        }),
      )
    : [];
  return [
    ...looks,
    act("keys", t("keys.title"), keyboard, deeds.showKeys),
    ...(may("stop:printers") ? [act("stop", t("stop.button"), stop, deeds.stopEverything)] : []),
    ...(deeds.signOut ? [act("sign-out", t("account.sign_out"), signOut, deeds.signOut)] : []),
  ];
}
