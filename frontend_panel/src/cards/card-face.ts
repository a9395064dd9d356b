import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Printer } from "../api/types";
import { describe } from "../components/filament-chip/filament-chip";
import "../components/filament-units/filament-units";
import "../components/icon/icon";
import { faultList, modeTag, plateHint, temperatures, timeLine } from "../components/printer-tile/parts";
import { activeSlot, isRunning, loadedColors, pill, ringIcon, ringPercent, ringTone } from "../components/printer-tile/summary";
import "../components/progress-ring/progress-ring";
import { SILHOUETTES } from "../components/state-pill/state-pill";
import { t } from "../localize";
import { clock } from "../localize/format";
import type { Services } from "../services";
import { servicesContext } from "../services";
import { endings } from "../store/endings";
import "../views/floor/card-actions";
import type { Pictured } from "../views/floor/printer-picture";
import { PrinterPicture } from "../views/floor/printer-picture";
import { faceStyles } from "./card-face-styles";
import type { CardConfig } from "./config";
import { Measured } from "./measured";
import { partsOf } from "./parts";
import type { Part, Plan } from "./room";
import { plan } from "./room";
import type { Seen } from "./seen";
import type { Tap } from "./tap";
import { jobLine, shortState, stateLine } from "./words";

/**
 * One printer as a dashboard shows it. It lies on a surface of its own.
 *
 * Properties: `printer`, `seen`, `config`, `tap`, `isCut` (its height is given), `isStill` (nothing is fetched or pressed: somebody edits the
 * dashboard). Events: `odin-open` (it was tapped).
 */
@customElement("odin-card-face")
export class OdinCardFace extends LitElement {
  static override styles = faceStyles;

  @property({ attribute: false }) printer!: Printer;
  @property({ attribute: false }) seen!: Seen;
  @property({ attribute: false }) config!: CardConfig;
  @property({ attribute: false }) tap: Tap = { kind: "none" };
  @property({ type: Boolean, reflect: true, attribute: "cut" }) isCut = false;
  @property({ type: Boolean, attribute: "still" }) isStill = false;
  @consume({ context: servicesContext }) private readonly services!: Services;
  readonly #measured = new Measured(this, () => this.isCut);
  readonly #picture = new PrinterPicture(this, () => this.#pictured);

  #plan: Plan = { shape: "stack", shows: new Set() };

  protected override willUpdate(): void {
    const { printer, config, seen } = this;
    const { width, height } = this.#measured.size;
    const room = { layout: config.layout, width, height: this.isCut ? height : null };
    this.#plan = plan(room, partsOf(printer, config, seen));
    this.setAttribute("look", pill(printer).look);
    this.toggleAttribute("old", this.#isOld);
    this.toggleAttribute("needs-you", printer.attention !== null && printer.is_live);
  }

  protected override render() {
    const { shape, shows } = this.#plan;
    const isFull = this.config.layout === "full";
    return html`
      <article class="surface" data-shape=${shape} data-layout=${this.config.layout} aria-labelledby="name">
        ${shows.has("picture") ? this.#top() : nothing}
        <div class="body">
          ${this.#identity(shape, shows)} ${shape === "line" ? nothing : this.#words(shows, isFull)}
          ${shows.has("help") ? this.#actions(isFull) : nothing}
        </div>
      </article>
    `;
  }

  get #isOld(): boolean {
    return this.seen.isStale || !this.printer.is_live;
  }

  get #pictured(): Pictured | undefined {
    // One picture is enough to see what is being laid out.
    const isEnough = this.isStill && this.#picture.hasShown;
    return this.#plan.shows.has("picture") && !isEnough ? this.#look : undefined;
  }

  get #look(): Pictured {
    const { printer, seen } = this;
    const { mayLook, isStale } = seen;
    return { transport: this.services.transport, printer, mayLook, isStale, hasRoom: this.config.layout === "full" };
  }

  #top() {
    const look = this.#look;
    const state = pill(this.printer);
    const label = this.config.layout === "full" ? state.label : shortState(this.printer);
    return html`
      <div class="picture">
        ${this.#picture.picture(look, "")}
        <div class="over">
          <odin-state-pill .look=${state.look} .label=${label} .isGlass=${true}></odin-state-pill>
          ${this.#picture.age(look, "")}
        </div>
      </div>
    `;
  }

  #identity(shape: Plan["shape"], shows: ReadonlySet<Part>) {
    const { printer } = this;
    const model = printer.model?.name ?? printer.model?.id;
    return html`
      <div class="id">
        <odin-progress-ring
          .percent=${ringPercent(printer)}
          .color=${activeSlot(printer)?.color ?? null}
          .icon=${ringIcon(printer)}
          .tone=${ringTone(printer)}
          .loaded=${loadedColors(printer)}
          .isStale=${this.#isOld}
        ></odin-progress-ring>
        <div class="names">
          <h2 class="clip" id="name">${this.#name()}${model && shape !== "line" ? html` <small>${model}</small>` : nothing}</h2>
          ${this.#second(shape, shows)} ${shape === "line" ? nothing : modeTag(printer)}
        </div>
      </div>
    `;
  }

  #name() {
    const { name } = this.printer;
    switch (this.tap.kind) {
      case "none":
        return html`<span title=${name}>${name}</span>`;
      case "link":
        return html`<a href=${this.tap.href} title=${name} @click=${this.#followed}>${name}</a>`;
      case "action":
        return html`<button type="button" title=${name} @click=${this.#open}>${name}</button>`;
    }
  }

  /** Where there is no picture to carry the state, it stands before the job. */
  #second(shape: Plan["shape"], shows: ReadonlySet<Part>) {
    const { printer } = this;
    const job = jobLine(printer);
    if (shows.has("picture")) return html`<p class="job sub clip" title=${job}>${job || (printer.is_live ? t("card.ready") : nothing)}</p>`;
    const moment = { endsAt: endings.of(printer), isOld: this.#isOld, now: new Date() };
    const state = shape === "line" ? stateLine(printer, moment) : shortState(printer);
    return html`
      <p class="job sub clip" title=${[state, job].filter(Boolean).join(" · ")}>
        <span class="state"><odin-icon .path=${SILHOUETTES[pill(printer).look]}></odin-icon>${state}</span>
        ${job ? html`<span class="what">· ${job}</span>` : nothing}
      </p>
    `;
  }

  #words(shows: ReadonlySet<Part>, isFull: boolean) {
    const { printer, seen } = this;
    const { link_text: text, link_remedy: remedy } = printer;
    return html`
      ${shows.has("time") ? this.#time(isFull) : nothing} ${seen.isStale && isFull ? this.#silence() : nothing}
      ${shows.has("link") ? html`<p class="link">${text} ${isFull ? (remedy ?? nothing) : nothing}</p>` : nothing}
      ${isFull ? plateHint(printer) : nothing} ${shows.has("faults") ? faultList(printer, isFull ? 4 : 1) : nothing}
      ${shows.has("temperatures") ? temperatures(printer) : nothing}
      ${shows.has("filament") ? this.#filament(isFull) : nothing}
    `;
  }

  /** Without the engine there is nothing to say about time but since when; a full card has room for both. */
  #time(isFull: boolean) {
    const { printer, seen } = this;
    if (seen.isStale && !isFull) return this.#silence();
    return timeLine(printer, { endsAt: endings.of(printer), heardAt: seen.heardAt, isOld: this.#isOld, isShort: !isFull });
  }

  #silence() {
    const { heardAt } = this.seen;
    const text = heardAt === null ? t("lovelace.silent.undated") : t("lovelace.silent", { at: clock(new Date(heardAt), new Date()) });
    return html`<p class="silence sub clip">${text}</p>`;
  }

  #filament(isFull: boolean) {
    const { filament_units: all, active_slot: active } = this.printer;
    const feeding = isRunning(this.printer) ? activeSlot(this.printer) : undefined;
    // A small card may have room for one of them only.
    const units = isFull ? all : [...all].sort((a, b) => Number(b.id === active?.unit) - Number(a.id === active?.unit));
    return html`
      <div class="filament">
        <odin-filament-units .units=${units} .activeSlot=${active} .isFeeding=${feeding !== undefined}></odin-filament-units>
        ${feeding && isFull ? html`<span class="feeding sub clip" title=${describe(feeding)}>${describe(feeding)}</span>` : nothing}
      </div>
    `;
  }

  #actions(isFull: boolean) {
    return html`
      <div class="actions" ?inert=${this.isStill}>
        <odin-card-actions
          .printer=${this.printer}
          .size=${isFull ? "L" : "M"}
          .mayControl=${this.seen.mayControl}
          .hearsEngine=${!this.seen.isStale}
        ></odin-card-actions>
      </div>
    `;
  }

  readonly #followed = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    this.#open();
  };

  readonly #open = (): void => {
    this.dispatchEvent(new CustomEvent("odin-open"));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-card-face": OdinCardFace;
  }
}
