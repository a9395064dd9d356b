/** What a filament unit and its slots are called, and how they are, in words. */

import type { Drying, FilamentUnit, Printer, Slot } from "../../api/types";
import { t, word } from "../../localize";
import { grams, percent } from "../../localize/format";
import { headNumber } from "../../localize/heads";
import type { HeadNames } from "../../localize/heads";
import type { Look } from "../spool/look";
import { gramsLeft, lookOf } from "../spool/look";

export function isExternal(unit: FilamentUnit): boolean {
  return unit.kind === "external";
}

/** Returns a name that fits over one spool: `Ext right` for `External right`. */
export function shortName(unit: FilamentUnit): string {
  return isExternal(unit) ? unit.name.replace(/^External/, t("filament.external")) : unit.name;
}

/** Returns `AMS A, slot 2`, or only the unit where it has one place. */
export function placeName(unit: FilamentUnit, slot: Slot): string {
  if (unit.slots.length < 2) return unit.name;
  return t(isTools(unit) ? "slot.place_tool" : "slot.place", { unit: unit.name, n: numberOf(unit, slot) });
}

/** Returns the number of a slot as people count, or as G-code does: the slots of some units are called like tools. */
export function numberOf(unit: FilamentUnit, slot: Slot): string {
  return isTools(unit) ? t("heater.tool", { n: slot.id }) : String(unit.slots.indexOf(slot) + 1);
}

/** Returns `slot 2 feeding`, or that it is fed where there is one slot. */
export function feedsWord(unit: FilamentUnit, slot: Slot): string {
  if (unit.slots.length < 2) return t("filament.feeds");
  return t(isTools(unit) ? "filament.tool_feeds" : "filament.slot_feeds", { n: numberOf(unit, slot) });
}

function isTools({ kind }: FilamentUnit): boolean {
  return kind === "mmu" || kind === "tools";
}

/** Returns the nozzle that a unit feeds, in words. */
export function headName(nozzle: number | null, heads: number, names: HeadNames): string {
  if (heads < 2) return t("filament.head.only");
  if (nozzle === null) return t(heads > 2 || names === "tools" ? "filament.head.every" : "filament.head.any");
  return headNumber(nozzle, heads, names) || word("filament.head", String(nozzle));
}

/** Returns what is in a slot in the fewest words: the material, or why there is none. */
export function materialOf(slot: Slot, look: Look): string {
  return look === "set" ? (slot.material ?? slot.product ?? t("slot.look.unknown")) : word("slot.look", look);
}

/** Returns how much is left as grams where the spool's weight is known, else as a share; empty where neither is. */
export function amountOf(slot: Slot): string {
  const left = gramsLeft(slot);
  if (left !== null) return grams(left);
  return slot.remaining_pct === null ? "" : percent(slot.remaining_pct);
}

/** Returns the small line below a spool: how much is left, or what there is to do where it `canBeSet`. */
export function noteOf(unit: FilamentUnit, slot: Slot, look: Look, canBeSet: boolean): string {
  if (look === "set") return amountOf(slot) || (unit.slots.length > 1 ? "" : t("slot.amount_unknown"));
  if (look === "unknown" || look === "unset") return canBeSet ? t("slot.set_it") : "";
  return unit.slots.length > 1 ? "" : t("slot.no_spool");
}

/** Returns a whole slot in one sentence, for who does not see it. */
export function sentenceOf(unit: FilamentUnit, slot: Slot, look: Look, isFeeding: boolean): string {
  const what = look === "set" ? (slot.product ?? slot.material ?? t("slot.look.unknown")) : word("slot.look", look);
  const parts = [`${placeName(unit, slot)}: ${what}`];
  const amount = look === "set" ? amountOf(slot) : "";
  if (amount) parts.push(t("slot.left", { amount }));
  if (isFeeding) parts.push(t("filament.feeding"));
  return parts.join(", ");
}

/** Returns how dry the air in a unit is, in a word; empty where nobody says. */
export function humidityWord({ humidity_level: level, humidity_pct: pct }: FilamentUnit): string {
  if (level !== null) return word("unit.humidity", String(level));
  return pct === null ? "" : t("unit.humidity");
}

/** Whether a unit warms its spools now. */
export function isWarm(drying: Drying | null): boolean {
  return drying !== null && (drying.status === "drying" || drying.status === "checking" || drying.status === "cooling");
}

/** Whether a drying run goes on that can be ended. */
export function isDrying(drying: Drying | null): boolean {
  return drying !== null && drying.status !== "off" && drying.status !== "error";
}

/** Returns how far a drying run is, 0 to 1, `null` where its length is not known. */
export function dryingDone({ remaining_s: left, duration_s: whole }: Drying): number | null {
  if (left === null || whole === null || whole <= 0) return null;
  return Math.min(1, Math.max(0, 1 - left / whole));
}

/** Returns what is to be seen in a slot, with what the printer complains of. */
export function lookIn(unit: FilamentUnit, slot: Slot, faults: Printer["faults"]): Look {
  const isFaulty = faults.some((fault) => fault.unit === unit.id && fault.slot === slot.id);
  return lookOf(slot, isExternal(unit), isFaulty);
}

/** Whether the printer draws from a slot. */
export function isActive({ active_slot: active }: Printer, unit: FilamentUnit, slot: Slot): boolean {
  return active !== null && active.unit === unit.id && active.slot === slot.id;
}
