/** What unfolds at a slot: what is in it, and what can be done with it. */

import { css, html, nothing } from "lit";

import type { FilamentUnit, Printer, Slot } from "../../api/types";
import { headName, isActive, isExternal, lookIn, placeName } from "../../components/ams-unit/words";
import "../../components/icon/icon";
import { down, edit, refresh, up } from "../../components/icon/icons";
import "../../components/kit/press";
import type { Look } from "../../components/spool/look";
import { gramsLeft } from "../../components/spool/look";
import { t, word } from "../../localize";
import { degrees, grams, percent } from "../../localize/format";
import type { Press } from "../../store/presses";
import type { CommandKind } from "./locks";

/** What a slot can be told. */
export type SlotAction = "load" | "unload" | "read" | "configure";

/** What the sheet asks its section. */
export interface SlotDesk {
  readonly printer: Printer;
  can(kind: CommandKind): boolean;
  lock(kind: CommandKind): string;
  press(action: SlotAction): Press;
  forget(action: SlotAction): void;
  run(action: SlotAction): void;
}

const KINDS = {
  load: "load_filament",
  unload: "unload_filament",
  read: "read_filament",
  configure: "configure_slot",
} as const satisfies Record<SlotAction, CommandKind>;

const ICONS = { load: down, unload: up, read: refresh, configure: edit } as const;

export function slotSheet(desk: SlotDesk, unit: FilamentUnit, slot: Slot) {
  const look = lookIn(unit, slot, desk.printer.faults);
  return html`
    <div class="sheet">
      <h3>${placeName(unit, slot)}</h3>
      <p class="what">${look === "set" ? (slot.product ?? slot.material) : word("slot.look", look)}</p>
      ${look === "set" ? facts(slot, desk.can("read_filament")) : html`<p class="sub">${about(desk, look)}</p>`} ${actions(desk, unit, slot)}
    </div>
  `;
}

/** What there is to know, or to do, about a slot without a known spool. */
function about(desk: SlotDesk, look: Look): string {
  return word(desk.can("configure_slot") ? "slot.about" : "slot.plain", look);
}

function facts(slot: Slot, readsTags: boolean) {
  return html`
    <dl class="slot-facts">
      ${slot.product && slot.material && slot.product !== slot.material ? fact(t("slot.material"), slot.material) : nothing}
      ${fact(t("slot.left_label"), left(slot, readsTags))} ${fact(t("slot.color"), colorText(slot))}
      ${fact(t("slot.nozzle"), range(slot.nozzle_min_c, slot.nozzle_max_c))}
      ${fact(t("slot.bed"), slot.bed_c === null ? "" : degrees(slot.bed_c))} ${fact(t("slot.drying"), dryingAdvice(slot))}
      ${fact(t("slot.k"), slot.k === null ? "" : String(slot.k))}
      ${readsTags ? fact(t("slot.tag"), slot.tag_uid === null ? t("slot.tag.none") : t("slot.tag.read")) : nothing}
    </dl>
  `;
}

function fact(name: string, value: string) {
  return value === "" ? nothing : html`<dt>${name}</dt><dd>${value}</dd>`;
}

function left(slot: Slot, readsTags: boolean): string {
  if (slot.remaining_pct === null) return readsTags ? t("slot.left_unknown") : "";
  const weight = gramsLeft(slot);
  return weight === null ? percent(slot.remaining_pct) : t("slot.left_of", { left: percent(slot.remaining_pct), weight: grams(weight) });
}

/** Returns the colours as makers write them. */
function colorText({ color, colors }: Slot): string {
  const all = colors.length > 1 ? colors : color === null ? [] : [color];
  return all.map((each) => (each.length > 7 && parseInt(each.slice(7), 16) < 0x90 ? t("slot.see_through") : each.slice(0, 7))).join(", ");
}

function range(least: number | null, most: number | null): string {
  if (least === null || most === null) return "";
  return t("slot.range", { least, most: degrees(most) });
}

function dryingAdvice({ drying_c: at, drying_hours: hours }: Slot): string {
  return at === null || hours === null ? "" : t("slot.drying_value", { degrees: degrees(at), hours });
}

function actions(desk: SlotDesk, unit: FilamentUnit, slot: Slot) {
  const isFed = isActive(desk.printer, unit, slot);
  // An empty place says what to do first; nothing can be told to it.
  if (slot.is_occupied === false && !isFed) return nothing;
  const { heads, head_names: names } = desk.printer.capabilities;
  const load = heads < 2 ? t("slot.load") : t("slot.load_into", { head: headName(unit.nozzle, heads, names) });
  const offered = ([["read", t("slot.read")], ["configure", t("slot.configure")]] as const).filter(
    ([name]) => name !== "read" || !isExternal(unit),
  );
  const all = [isFed ? (["unload", t("slot.unload")] as const) : (["load", load] as const), ...offered].filter(([name]) =>
    desk.can(KINDS[name]),
  );
  const locks = all.map(([name]) => desk.lock(KINDS[name]));
  // One reason for everything is said once.
  const common = locks.every((lock) => lock === locks[0]) ? (locks[0] ?? "") : "";
  return html`
    <div class="actions">
      ${all.map(([name, label], i) => action(desk, name, label, locks[i] ?? "", common === ""))}
      ${common === "" ? nothing : html`<p class="lock sub">${common}</p>`}
    </div>
  `;
}

function action(desk: SlotDesk, name: SlotAction, label: string, lock: string, saysWhy: boolean) {
  return html`
    <odin-press
      .press=${desk.press(name)}
      .icon=${ICONS[name]}
      .disabled=${lock !== ""}
      .reason=${lock}
      @click=${() => {
        desk.run(name);
      }}
      @odin-forget=${() => {
        desk.forget(name);
      }}
      >${label}</odin-press
    >
    ${lock !== "" && saysWhy ? html`<p class="lock sub">${lock}</p>` : nothing}
  `;
}

export const sheetStyles = css`
  .sheet {
    display: grid;
    gap: 8px;
    padding: 8px;
  }

  .sheet h3 {
    margin: 0;
    color: var(--o-text-2);
    font-size: var(--o-t-s);
    font-weight: var(--o-w-m);
  }

  .sheet .what {
    margin-top: -6px;
    font-size: var(--o-t-l);
    font-weight: var(--o-w-b);
  }

  .slot-facts {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 4px 14px;
    margin: 0;
    font-size: var(--o-t-b);
  }

  .slot-facts dt {
    color: var(--o-text-2);
  }

  .actions {
    display: grid;
    gap: 8px;
    margin-top: 4px;
  }

  .actions .lock {
    margin-top: -4px;
    font-size: var(--o-t-s);
  }
`;
