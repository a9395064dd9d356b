import { LitElement, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Slot } from "../../api/types";
import { t } from "../../localize";
import { percent } from "../../localize/format";
import type { Color } from "./color";
import { background, inkOn, isExtreme, parseColor } from "./color";
import { styles } from "./styles";

/** Below this a spool is drawn drained. */
const LOW_PCT = 25;

/**
 * One slot as a coloured square with its number; drained when little is left, dashed when empty, hatched when unknown.
 *
 * Properties: `slotState`, `number` (as people count, from 1; empty for none), `place` (such as `A`), `isFeeding`. CSS:
 * `--chip-size`.
 */
@customElement("odin-filament-chip")
export class OdinFilamentChip extends LitElement {
  static override styles = styles;

  @property({ attribute: false }) slotState: Slot | undefined;
  @property() number = "";
  @property() place = "";
  @property({ type: Boolean, reflect: true, attribute: "feeding" }) isFeeding = false;

  protected override willUpdate(): void {
    const colors = chipColors(this.slotState);
    this.style.setProperty("--swatch", background(colors, this.slotState?.color_kind === "gradient"));
    this.style.setProperty("--ink", colors.length === 1 && colors[0] ? inkOn(colors[0]) : "#14181c");
    this.style.setProperty("--left", `${this.slotState?.remaining_pct ?? 100}%`);
    this.dataset["look"] = look(this.slotState, colors);
    this.toggleAttribute("strong", colors.some(isExtreme));
    this.toggleAttribute("clear", colors.some((color) => color.isClear));
    this.toggleAttribute("many", colors.length > 1);
    this.toggleAttribute("low", isLow(this.slotState));
  }

  protected override render() {
    const words = describe(this.slotState);
    const name = [this.place + this.number, words].filter(Boolean).join(": ");
    return html`
      <span class="swatch" title=${name} aria-hidden="true">
        <i></i>${this.number ? html`<b>${this.dataset["look"] === "unknown" ? "?" : this.number}</b>` : nothing}
      </span>
      <span class="vh">${name}${this.isFeeding ? `, ${t("filament.feeding")}` : nothing}</span>
    `;
  }
}

function chipColors(slot: Slot | undefined): Color[] {
  if (!slot || slot.is_occupied === false) return [];
  const several = slot.colors.map((text) => parseColor(text)).filter((color) => color !== undefined);
  if (several.length > 0) return several;
  const one = parseColor(slot.color);
  return one ? [one] : [];
}

function look(slot: Slot | undefined, colors: readonly Color[]): "set" | "empty" | "unknown" {
  if (slot?.is_occupied === false) return "empty";
  return colors.length > 0 ? "set" : "unknown";
}

function isLow(slot: Slot | undefined): boolean {
  return slot?.remaining_pct != null && slot.remaining_pct < LOW_PCT;
}

/** Returns what is in the slot, in words. */
export function describe(slot: Slot | undefined): string {
  if (slot?.is_occupied === false) return t("filament.empty");
  const what = slot?.product ?? slot?.material ?? t("filament.unknown");
  return slot?.remaining_pct == null ? what : t("filament.left", { what, left: percent(slot.remaining_pct) });
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-filament-chip": OdinFilamentChip;
  }
}
