/** What the sizes of a card have in common, as templates. */

import { html, nothing } from "lit";

import type { Fault, Heat, Printer } from "../../api/types";
import { t } from "../../localize";
import { clock, degrees, duration, instant, percent } from "../../localize/format";
import { headNumber } from "../../localize/heads";
import "../icon/icon";
import { bed, chamber, failed, info, nozzle, show, warning, wrench } from "../icon/icons";
import "../kit/time";
import { hasEnded, isRunning, worstFirst } from "./summary";

/** A set-point this close to the value is reached and says nothing new. */
const REACHED_C = 4;

export interface Moment {
  /** When the job ends, in ms since the epoch; `null` for unknown. */
  readonly endsAt: number | null;
  /** Since when the values are old, in ms since the epoch; `null` where that is not known, or they are not. */
  readonly heardAt: number | null;
  readonly isOld: boolean;
  /** Little room. */
  readonly isShort: boolean;
}

/** Draws the one line about time: when it ends, when it ended, or since when nobody answers. */
export function timeLine(printer: Printer, moment: Moment) {
  if (!printer.is_live) return awayLine(printer, moment.heardAt);
  const { job } = printer;
  if (job && isRunning(printer)) {
    return html`
      <div class="time">
        ${ending(printer, moment)}
        ${job.layer === null ? nothing : html`<span class="layer">${layers(job.layer, job.total_layers, moment.isShort)}</span>`}
      </div>
    `;
  }
  return hasEnded(printer) ? html`<div class="time">${endedLine(printer)}</div>` : nothing;
}

function ending(printer: Printer, { endsAt, isOld }: Moment) {
  const remaining = printer.job?.remaining_s ?? null;
  if (remaining === null || endsAt === null) {
    const stage = printer.activity === "preparing" ? printer.job?.stage_text : null;
    return html`<span class="sub clip">${stage ?? t("card.no_estimate")}</span>`;
  }
  const left = t("card.left", { time: duration(remaining) });
  if (isOld) return html`<span class="sub">${left}</span>`;
  const at = new Date(endsAt);
  return html`
    <b title=${instant(at)}>${clock(at, new Date())}</b>
    <span class="sub clip">${printer.activity === "paused" ? t("card.if_resumed") : left}</span>
  `;
}

function layers(layer: number, total: number | null, isShort: boolean) {
  if (total === null) return t("card.layer", { layer });
  const text = t("card.layer_of", { layer, total });
  return isShort ? html`<span title=${text}><span class="vh">${text}</span><span aria-hidden="true">${layer} / ${total}</span></span>` : text;
}

/** Says what an occupied plate waits for. */
export function plateHint(printer: Printer) {
  if (isRunning(printer) || printer.plate.state !== "occupied" || !printer.is_live) return nothing;
  const bed_c = printer.temperatures.bed?.current_c;
  const what = t("card.plate");
  return html`<p class="hint sub">${bed_c == null ? what : `${t("card.plate.bed", { bed: degrees(bed_c) })} ${what}`}</p>`;
}

function endedLine(printer: Printer) {
  const { since } = printer.plate;
  if (printer.activity !== "finished" && printer.job?.progress_pct != null) {
    const done = percent(printer.job.progress_pct);
    return html`<span class="sub">${t(printer.activity === "failed" ? "card.failed_at" : "card.stopped_at", { done })}</span>`;
  }
  if (printer.activity !== "finished") return nothing;
  if (since === null || printer.plate.state !== "occupied") return html`<span class="sub">${t("card.finished")}</span>`;
  const at = new Date(since);
  return html`
    <b title=${instant(at)}>${clock(at, new Date())}</b>
    <span class="sub clip"><span class="word">${t("card.finished_ago")}</span> <odin-time .at=${since}></odin-time></span>
  `;
}

function awayLine(printer: Printer, heardAt: number | null) {
  if (printer.link === "connecting") return html`<div class="time"><span class="away">${t("card.connecting")}</span></div>`;
  if (printer.link === "disabled") return html`<div class="time"><span class="away">${t("card.switched_off")}</span></div>`;
  const may = isRunning(printer) ? t("card.may_print") : "";
  const since = heardAt === null ? "" : t("card.since", { at: clock(new Date(heardAt), new Date()) });
  return html`
    <div class="time">
      <span class="away">${t("card.no_reply")}</span>
      <span class="sub clip">${[since, may].filter(Boolean).join(", ")}</span>
    </div>
  `;
}

/** Draws how the printer is run, where that is not as usual. */
export function modeTag(printer: Printer) {
  if (printer.is_in_maintenance) return tag(wrench, t("card.maintenance"), printer.maintenance_note);
  if (printer.is_observe_only) return tag(show, t("card.observe_only"), t("card.observe_only.why"));
  if (printer.control === "refused") return tag(warning, t("card.refuses"), t("card.refuses.why"));
  return nothing;
}

function tag(icon: string, label: string, why: string) {
  return html`<span class="tag" title=${why}><odin-icon .path=${icon}></odin-icon>${label}</span>`;
}

/** Draws the faults, worst first, as many as there is room for. */
export function faultList(printer: Printer, most: number) {
  const faults = worstFirst(printer.faults);
  if (faults.length === 0) return nothing;
  const more = faults.length - most;
  return html`
    <ul class="faults" aria-label=${t("card.faults")}>
      ${faults.slice(0, most).map((fault) => faultRow(fault))}
      ${more > 0 ? html`<li class="sub">${t("card.more_faults", { count: more })}</li>` : nothing}
    </ul>
  `;
}

function faultRow(fault: Fault) {
  const icon = fault.severity === "info" ? info : fault.severity === "common" ? warning : failed;
  return html`
    <li class="fault" data-severity=${fault.severity}>
      <odin-icon .path=${icon}></odin-icon>
      <span title=${fault.text}>${fault.text} <code>${fault.code}</code></span>
    </li>
  `;
}

export function temperatures(printer: Printer) {
  const { nozzles, bed: plate, chamber: inside } = printer.temperatures;
  const names = printer.capabilities.head_names;
  return html`
    <div class="heats">
      ${nozzles.map((value, i) => heat(nozzle, nozzles.length > 1 ? headNumber(i, nozzles.length, names) || t("card.nozzle_n", { n: i + 1 }) : t("card.nozzle"), value))}
      ${heat(bed, t("card.bed"), plate)} ${heat(chamber, t("card.chamber"), inside)}
    </div>
  `;
}

function heat(icon: string, name: string, value: Heat | null) {
  if (value?.current_c == null) return nothing;
  const target = value.target_c ?? 0;
  const isOnItsWay = target > 0 && Math.abs(target - value.current_c) > REACHED_C;
  return html`
    <span class="heat ${target > 0 ? "on" : ""}" title=${name}>
      <odin-icon .path=${icon}></odin-icon><span class="vh">${name}</span><b>${degrees(value.current_c)}</b>
      ${isOnItsWay ? html`<span class="sub">→ ${degrees(target)}</span>` : nothing}
    </span>
  `;
}
