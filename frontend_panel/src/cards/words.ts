/** What a card or badge says in one line; pure. */

import type { Printer } from "../api/types";
import { isRunning, jobName, pill } from "../components/printer-tile/summary";
import { t } from "../localize";
import { clock, percent } from "../localize/format";
import type { Miss } from "./device";
import type { Seen } from "./seen";

export interface Moment {
  /** When the job ends, in ms since the epoch; `null` for unknown. */
  readonly endsAt: number | null;
  /** The values are long past. */
  readonly isOld: boolean;
  readonly now: Date;
}

/** Returns the state where there is little room for it. */
export function shortState(printer: Printer): string {
  return printer.is_live && printer.attention !== null ? t("state.attention") : pill(printer).label;
}

/** Returns the state and, of a running job, when it ends: `Printing · 14:05`. */
export function stateLine(printer: Printer, moment: Moment): string {
  return [shortState(printer), aside(printer, moment)].filter(Boolean).join(" · ");
}

/** Returns what matters in the least room: how far a running job is and when it ends, or the state. */
export function badgeLine(printer: Printer, moment: Moment): string {
  const isGoingOn = printer.activity === "printing" && printer.attention === null && !moment.isOld;
  if (!isGoingOn) return stateLine(printer, moment);
  const done = printer.job?.progress_pct == null ? "" : percent(Math.floor(printer.job.progress_pct));
  return [done, aside(printer, moment)].filter(Boolean).join(" · ") || shortState(printer);
}

/** Returns the job, where there is one to speak of. */
export function jobLine(printer: Printer): string {
  return printer.activity === "idle" || printer.activity === null ? "" : jobName(printer);
}

function aside(printer: Printer, { endsAt, isOld, now }: Moment): string {
  if (!printer.is_live) return "";
  if (isOld) return t("lovelace.old");
  const isEnding = isRunning(printer) && printer.activity !== "paused" && endsAt !== null;
  return isEnding ? clock(new Date(endsAt), now) : "";
}

export interface Problem {
  readonly heading: string;
  /** What to do about it. */
  readonly text: string;
}

/** Why nothing is known of a printer; `undefined` where it is, or will be in a moment. */
export type Lack = "away" | "gone" | "not_allowed";

export function lackOf({ maySee, engine, printer }: Seen): Lack | undefined {
  if (!maySee) return "not_allowed";
  if (engine === "away") return "away";
  return engine === "there" && !printer ? "gone" : undefined;
}

/** Says why a device is no printer, and what to do. */
export function missText(miss: Miss): Problem {
  switch (miss.kind) {
    case "none":
      return { heading: t("lovelace.none"), text: t("lovelace.none.do") };
    case "unknown":
      return { heading: t("lovelace.unknown"), text: t("lovelace.unknown.do") };
    case "foreign":
      return { heading: t("lovelace.foreign", { name: miss.name }), text: t("lovelace.foreign.do") };
    case "engine":
      return { heading: t("lovelace.engine", { name: miss.name }), text: t("lovelace.engine.do") };
    case "part":
      return {
        heading: t("lovelace.part", { name: miss.name }),
        text: miss.printer === "" ? t("lovelace.engine.do") : t("lovelace.part.do", { printer: miss.printer }),
      };
  }
}
