import { LitElement, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Drying, Fault, FilamentUnit, Slot } from "../../api/types";
import { t, word } from "../../localize";
import { degrees, duration, percent } from "../../localize/format";
import type { HeadNames } from "../../localize/heads";
import "../icon/icon";
import { bed, chamber, humidity, more } from "../icon/icons";
import "../kit/popover";
import { colorsOf } from "../spool/look";
import "../spool/spool";
import { route } from "./route";
import { styles } from "./styles";
import {
  dryingDone,
  feedsWord,
  headName,
  humidityWord,
  isDrying,
  isWarm,
  lookIn,
  materialOf,
  noteOf,
  numberOf,
  placeName,
  shortName,
  sentenceOf,
} from "./words";

/**
 * A holder of spools as it stands on the bench: its bays, its air, and the way to the nozzle. Pressing a bay or the unit
 * unfolds what the owner puts into the slots.
 *
 * Properties: `unit`, `activeSlot` (the id of the slot in use, `null` for none), `heads`, `headNames` and `faults` (of the printer),
 * `isOld` (the values may be long past), `canBeSet`, `hasMenu`. Slots: `slot-N` (N is a slot's id), `unit`. Events: `odin-unfold` and `odin-fold` (`detail.value`:
 * a slot's id, or `null` for the unit).
 */
@customElement("odin-ams-unit")
export class OdinAmsUnit extends LitElement {
  static override styles = styles;

  @property({ attribute: false }) unit!: FilamentUnit;
  @property({ attribute: false }) activeSlot: number | null = null;
  @property({ type: Number }) heads = 1;
  @property({ attribute: "head-names" }) headNames: HeadNames = "sides";
  @property({ attribute: false }) faults: readonly Fault[] = [];
  @property({ type: Boolean, attribute: "old", reflect: true }) isOld = false;
  /** Whether the machine lets itself be told what is in a slot. */
  @property({ type: Boolean, attribute: "can-be-set" }) canBeSet = false;
  @property({ type: Boolean, attribute: "has-menu" }) hasMenu = false;

  protected override willUpdate(): void {
    const done = this.unit.drying ? dryingDone(this.unit.drying) : null;
    this.style.setProperty("--done", `${Math.round((done ?? 0) * 100)}%`);
  }

  protected override render() {
    const { unit } = this;
    const active = unit.slots.findIndex((slot) => slot.id === this.activeSlot);
    const filled = unit.slots.map((slot) => lookIn(unit, slot, this.faults) === "set");
    const used = unit.slots[active];
    return html`
      <section class="unit ${isWarm(unit.drying) ? "warm" : ""}" data-kind=${unit.kind} aria-label=${unit.name}>
        ${this.#head()}
        <div class="bays">${unit.slots.map((slot) => this.#bay(slot))}</div>
        ${route(unit.slots.length, filled, active, used ? colorsOf(used) : [])}
        ${unit.drying && isDrying(unit.drying) ? this.#drying(unit.drying) : nothing} ${this.#destination(used)}
      </section>
    `;
  }

  #head() {
    const { unit } = this;
    const air = humidityWord(unit);
    return html`
      <header>
        <h3 class="clip" title=${unit.name}>${shortName(unit)}</h3>
        ${
          air
            ? html`
                <span class="meta" data-level=${unit.humidity_level ?? ""} title=${t("unit.humidity.title", { air })}>
                  <odin-icon .path=${humidity}></odin-icon>
                  ${unit.humidity_pct === null ? nothing : html`<b>${percent(unit.humidity_pct)}</b>`}
                  <span class=${unit.humidity_pct === null ? "" : "sub"}>${air}</span>
                </span>
              `
            : nothing
        }
        ${
          unit.temperature_c === null
            ? nothing
            : html`
                <span class="meta heat" title=${t("unit.temperature")}>
                  <odin-icon .path=${chamber}></odin-icon><b>${degrees(unit.temperature_c)}</b>
                </span>
              `
        }
        ${this.hasMenu ? this.#menu() : nothing}
      </header>
    `;
  }

  #menu() {
    const label = t("unit.menu", { unit: this.unit.name });
    return html`
      <odin-popover .label=${label} @odin-open=${this.#tell("odin-unfold", null)} @odin-close=${this.#tell("odin-fold", null)}>
        <button slot="anchor" class="button plain icon-only" type="button" title=${label} aria-label=${label}>
          <odin-icon .path=${more}></odin-icon>
        </button>
        <slot name="unit"></slot>
      </odin-popover>
    `;
  }

  #bay(slot: Slot) {
    const { unit } = this;
    const look = lookIn(unit, slot, this.faults);
    const isActive = slot.id === this.activeSlot;
    const number = unit.slots.length > 1 ? numberOf(unit, slot) : "";
    return html`
      <odin-popover
        align="start"
        .label=${placeName(unit, slot)}
        @odin-open=${this.#tell("odin-unfold", slot.id)}
        @odin-close=${this.#tell("odin-fold", slot.id)}
      >
        <button
          slot="anchor"
          class="bay ${isActive ? "active" : ""}"
          type="button"
          data-look=${look}
        >
          <span class="vh">${sentenceOf(unit, slot, look, isActive)}</span>
          <odin-spool
            .look=${look}
            .colors=${colorsOf(slot)}
            .isGradient=${slot.color_kind === "gradient"}
            .remaining=${slot.remaining_pct}
            .isWarm=${isWarm(unit.drying)}
          ></odin-spool>
          <span class="material clip" aria-hidden="true">${materialOf(slot, look)}</span>
          <span class="amount" aria-hidden="true">${[number, noteOf(unit, slot, look, this.canBeSet)].filter(Boolean).join(" · ")}</span>
        </button>
        <slot name=${`slot-${slot.id}`}></slot>
      </odin-popover>
    `;
  }

  #drying(drying: Drying) {
    const done = dryingDone(drying);
    return html`
      <div class="drying">
        <b>
          <odin-icon .path=${bed}></odin-icon>${
            drying.status === "drying" && drying.target_c !== null
              ? t("dry.at", { degrees: degrees(drying.target_c) })
              : word("dry.status", drying.status)
          }
        </b>
        <span class="sub">${drying.remaining_s === null ? t("dry.left_unknown") : t("dry.left", { time: duration(drying.remaining_s) })}</span>
        ${
          done === null
            ? nothing
            : html`
                <span
                  class="bar"
                  role="progressbar"
                  aria-label=${t("dry.progress", { unit: this.unit.name })}
                  aria-valuemin="0"
                  aria-valuemax="100"
                  aria-valuenow=${Math.round(done * 100)}
                  ><i></i
                ></span>
              `
        }
      </div>
    `;
  }

  #destination(used: Slot | undefined) {
    const { unit } = this;
    return html`
      <p class="to">
        ${this.heads < 2 ? t("filament.to_only") : html`${t("filament.to")} <b>${headName(unit.nozzle, this.heads, this.headNames)}</b>`}
        ${used ? feedsWord(unit, used) : nothing}
      </p>
    `;
  }

  #tell(name: "odin-unfold" | "odin-fold", value: number | null) {
    return () => {
      this.dispatchEvent(new CustomEvent(name, { detail: { value } }));
    };
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-ams-unit": OdinAmsUnit;
  }
}
