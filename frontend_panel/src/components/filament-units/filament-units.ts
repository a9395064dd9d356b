import { LitElement, css, html } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { FilamentUnit, SlotRef } from "../../api/types";
import { t } from "../../localize";
import { base } from "../../theme/controls";
import { numberOf } from "../ams-unit/words";
import "../filament-chip/filament-chip";

/**
 * Every holder of spools in one row that wraps: its letter and its slots. A spool holder of which nothing is known is
 * left out.
 *
 * Properties: `units`, `activeSlot`, `isFeeding` (a job draws from the active slot).
 */
@customElement("odin-filament-units")
export class OdinFilamentUnits extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: 12px 14px;
        min-height: 46px;
        padding-bottom: 9px;
      }

      .unit {
        display: flex;
        align-items: center;
        gap: 7px;
      }

      .name {
        color: var(--o-text-2);
        font-size: var(--o-t-s);
      }

      .bays {
        display: flex;
        gap: 4px;
        padding: 3px;
        border-radius: 10px;
        background: var(--o-sunken);
      }
    `,
  ];

  @property({ attribute: false }) units: readonly FilamentUnit[] = [];
  @property({ attribute: false }) activeSlot: SlotRef | null = null;
  @property({ type: Boolean, attribute: "feeding" }) isFeeding = false;

  protected override render() {
    return this.units.filter((unit) => !isBlank(unit)).map((unit) => this.#unit(unit));
  }

  #unit(unit: FilamentUnit) {
    const place = shortName(unit);
    return html`
      <span class="unit">
        <span class="name" title=${unit.name}>${place}</span>
        <span class="bays">
          ${unit.slots.map(
            (slot) => html`
              <odin-filament-chip
                .slotState=${slot}
                .number=${unit.slots.length > 1 ? numberOf(unit, slot) : ""}
                .place=${place}
                .isFeeding=${this.isFeeding && this.activeSlot?.unit === unit.id && this.activeSlot.slot === slot.id}
              ></odin-filament-chip>
            `,
          )}
        </span>
      </span>
    `;
  }
}

/** Returns the letter or word that tells units of one printer apart in little room: the end of `AMS A`. */
function shortName(unit: FilamentUnit): string {
  if (unit.kind === "external") return t("filament.external");
  return unit.name.replace(/^AMS( 2 Pro| lite)?\s+/i, "") || unit.name;
}

/** Whether it is a bare spool holder nobody told the printer anything about: most have one, few use it. */
function isBlank(unit: FilamentUnit): boolean {
  return unit.kind === "external" && unit.slots.every((slot) => slot.color === null && slot.material === null);
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-filament-units": OdinFilamentUnits;
  }
}
