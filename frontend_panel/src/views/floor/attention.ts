/** What the strip over the floor says: one sentence, one reason, what helps. Decided from the live state; pure. */

import type { Alert, Printer } from "../../api/types";
import { worstFirst as worstFaultFirst } from "../../components/printer-tile/summary";
import { t } from "../../localize";
import { clock } from "../../localize/format";
import { worstFirst } from "../../store/alerts";
import { isPlateToClear } from "../../store/printers";
import { knows } from "../printer/locks";

export type Deed = "clear" | "resume" | "reconnect" | "open" | "dismiss";

export interface Item {
  readonly key: string;
  readonly look: "attention" | "failed" | "plate" | "offline" | "info";
  readonly title: string;
  readonly reason: string;
  readonly printerId: string | null;
  /** The alert that is put away with it. */
  readonly alertId: string | null;
  readonly main: Deed;
  readonly quiet: Deed | null;
}

type Alerts = readonly Alert[];

/** A plate has an item of its own, drawn from the printer; so has what the printer itself says. */
const OF_THE_PRINTER: ReadonlySet<string> = new Set(["plate_to_clear", "attention_needed"]);
/** What trying again cannot mend: somebody has to look at it. */
const TO_LOOK_AT: ReadonlySet<string> = new Set(["certificate_changed", "wrong_printer", "access_code_refused"]);

const IN_TROUBLE: ReadonlySet<Printer["link"]> = new Set(["offline", "no_report", "stale", "unauthorised", "certificate_changed"]);

/**
 * Returns what needs somebody, what matters most first. `alerts` is `undefined` for who may not see them: a lost printer
 * then speaks for itself. `at` is the instant, for clock times.
 */
export function itemsOf(printers: readonly Printer[], alerts: Alerts | undefined, at: Date): readonly Item[] {
  const byPrinter = new Map<string, Alert[]>();
  const others: Item[] = [];
  const known = new Set(printers.map(({ id }) => id));
  for (const alert of worstFirst(alerts ?? [])) {
    if (alert.printer_id === null || !known.has(alert.printer_id)) others.push(systemItem(alert));
    else byPrinter.set(alert.printer_id, [...(byPrinter.get(alert.printer_id) ?? []), alert]);
  }
  const items = printers.flatMap((printer) => printerItems(printer, byPrinter.get(printer.id) ?? [], at));
  if (!alerts) items.push(...printers.filter(isInTrouble).map(silentItem));
  return [...others, ...items].sort((a, b) => weight(a) - weight(b));
}

const WEIGHTS = { failed: 0, attention: 1, plate: 2, offline: 3, info: 4 } as const;

function weight({ look }: Item): number {
  return WEIGHTS[look];
}

function printerItems(printer: Printer, alerts: Alerts, at: Date): readonly Item[] {
  const items: Item[] = [];
  const needs = attentionItem(printer, alerts);
  const lost = alerts.find(({ kind, code }) => kind === "connection" && code !== "control_refused");
  if (needs) items.push(needs);
  if (isPlateToClear(printer)) items.push(plateItem(printer, at));
  if (lost) items.push(lostItem(printer, lost));
  for (const alert of alerts) {
    if (alert === lost || alert.severity === "info" || OF_THE_PRINTER.has(alert.code)) continue;
    if (alert.kind === "fault" && needs) continue;
    items.push(alertItem(alert));
  }
  return items;
}

function attentionItem(printer: Printer, alerts: Alerts): Item | undefined {
  if (!printer.is_live || printer.attention === null) return undefined;
  const fault = worstFaultFirst(printer.faults)[0];
  const alert = alerts.find(({ code }) => code === "attention_needed");
  const isPaused = printer.activity === "paused";
  const isGrave = fault?.severity === "serious" || fault?.severity === "fatal";
  const canResume = isPaused && knows(printer, "resume");
  if (printer.prompt) return askedItem(printer, printer.prompt.text);
  return {
    key: `attention/${printer.id}`,
    look: isGrave ? "failed" : "attention",
    title: t(isPaused ? "strip.paused" : "strip.attention", { name: printer.name }),
    reason: fault?.text ?? alert?.detail ?? printer.job?.stage_text ?? "",
    printerId: printer.id,
    alertId: null,
    main: canResume ? "resume" : "open",
    quiet: canResume ? "open" : null,
  };
}

/** The answers stand beside the question, on its page. */
function askedItem(printer: Printer, reason: string): Item {
  return {
    key: `attention/${printer.id}`,
    look: "attention",
    title: t("strip.asks", { name: printer.name }),
    reason,
    printerId: printer.id,
    alertId: null,
    main: "open",
    quiet: null,
  };
}

function plateItem(printer: Printer, at: Date): Item {
  const { since } = printer.plate;
  const what = printer.job?.name ?? printer.job?.file ?? t("strip.plate.print");
  const key = printer.activity === "failed" ? "strip.plate.failed" : printer.activity === "cancelled" ? "strip.plate.stopped" : "strip.plate.done";
  return {
    key: `plate/${printer.id}`,
    look: "plate",
    title: t("strip.plate", { name: printer.name }),
    reason: since === null ? t("strip.plate.undated", { what }) : t(key, { what, at: clock(new Date(since), at) }),
    printerId: printer.id,
    alertId: null,
    main: "clear",
    quiet: "open",
  };
}

function lostItem(printer: Printer, alert: Alert): Item {
  const isToLookAt = TO_LOOK_AT.has(alert.code);
  return {
    key: `lost/${printer.id}`,
    look: alert.severity === "critical" ? "attention" : "offline",
    title: alert.title,
    reason: alert.detail || printer.link_text,
    printerId: printer.id,
    alertId: alert.id,
    main: isToLookAt ? "open" : "reconnect",
    quiet: isToLookAt ? null : "open",
  };
}

function isInTrouble(printer: Printer): boolean {
  return IN_TROUBLE.has(printer.link) && !printer.is_in_maintenance;
}

function silentItem(printer: Printer): Item {
  const isToLookAt = printer.link === "certificate_changed" || printer.link === "unauthorised";
  return {
    key: `lost/${printer.id}`,
    look: "offline",
    title: t("strip.lost", { name: printer.name }),
    reason: printer.link_text,
    printerId: printer.id,
    alertId: null,
    main: isToLookAt ? "open" : "reconnect",
    quiet: isToLookAt ? null : "open",
  };
}

function alertItem(alert: Alert): Item {
  return {
    key: `alert/${alert.id}`,
    look: alert.severity === "critical" ? "failed" : "attention",
    title: alert.title,
    reason: alert.detail,
    printerId: alert.printer_id,
    alertId: alert.id,
    main: "open",
    quiet: "dismiss",
  };
}

function systemItem(alert: Alert): Item {
  return {
    key: `alert/${alert.id}`,
    look: alert.severity === "critical" ? "failed" : alert.severity === "warning" ? "attention" : "info",
    title: alert.title,
    reason: alert.detail,
    printerId: null,
    alertId: alert.id,
    main: "dismiss",
    quiet: null,
  };
}
