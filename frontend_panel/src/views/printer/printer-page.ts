import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import { customElement, property, query } from "lit/decorators.js";

import type { Printer } from "../../api/types";
import "../../components/icon/icon";
import { next, previous, printer as printerIcon } from "../../components/icon/icons";
import { keepClear } from "../../components/kit/bars";
import "../../components/kit/empty";
import "../../components/kit/skeleton";
import { isRunning } from "../../components/printer-tile/summary";
import { t } from "../../localize";
import type { Services } from "../../services";
import { servicesContext } from "../../services";
import { permits } from "../../store/session";
import { Slice } from "../../store/store";
import { FLOOR, addressOf, followed } from "../app/place";
import "./actions";
import "./camera";
import "./connection";
import "./controls";
import "./faults";
import "./filament";
import "./files";
import { inOrder, neighbours } from "./neighbours";
import "./job";
import "./nozzles";
import "./objects";
import "./plate";
import "./prints";
import "./prompt";
import "./sensors";
import { styles } from "./page-styles";
import "./service";
import "./stop-one";
import "./temperatures";

/**
 * Everything about one printer, and everything it can be told.
 *
 * Properties: `printerId`.
 */
@customElement("odin-printer-page")
export class OdinPrinterPage extends LitElement {
  static override styles = styles;

  @property({ attribute: "printer-id" }) printerId = "";
  @consume({ context: servicesContext }) private readonly services!: Services;
  @query("#objects") private readonly objects!: HTMLElement | null;
  @query(".phone-bar") private readonly phoneBar!: HTMLElement | null;
  readonly #live = new Slice(this, () => this.services.store, (all) => all.live);
  readonly #session = new Slice(this, () => this.services.store, (all) => all.session);

  constructor() {
    super();
    keepClear(this, "page", () => this.phoneBar);
  }

  protected override render() {
    const live = this.#live.value;
    const printer = live?.printers.items[this.printerId];
    if (printer) return this.#page(printer);
    return live?.printers.revision == null ? this.#loading() : this.#gone();
  }

  #page(printer: Printer) {
    return html`
      ${this.#bar(printer)}
      <odin-printer-connection .printer=${printer}></odin-printer-connection>
      <div class="columns" @odin-show-objects=${this.#showObjects}>
        <div class="column">
          <odin-printer-camera class="first" .printer=${printer}></odin-printer-camera>
          <odin-printer-job class="second" .printer=${printer}></odin-printer-job>
          <odin-printer-filament .printer=${printer}></odin-printer-filament>
          <odin-printer-temperatures class="late" .printer=${printer}></odin-printer-temperatures>
          <odin-printer-prints class="last" .printer=${printer}></odin-printer-prints>
        </div>
        <div class="column">
          <odin-printer-prompt class="first" .printer=${printer}></odin-printer-prompt>
          <odin-printer-plate class="second" .printer=${printer}></odin-printer-plate>
          <odin-printer-faults class="third" .printer=${printer}></odin-printer-faults>
          <odin-printer-controls .printer=${printer}></odin-printer-controls>
          <odin-printer-objects id="objects" tabindex="-1" .printer=${printer}></odin-printer-objects>
          <odin-printer-files .printer=${printer}></odin-printer-files>
          <odin-printer-sensors class="late" .printer=${printer}></odin-printer-sensors>
          <odin-printer-nozzles class="late" .printer=${printer}></odin-printer-nozzles>
          <odin-printer-service class="late" .printer=${printer}></odin-printer-service>
        </div>
      </div>
      ${
        isRunning(printer)
          ? html`<div class="phone-bar"><odin-printer-actions .printer=${printer}></odin-printer-actions></div>`
          : nothing
      }
    `;
  }

  #bar(printer: Printer) {
    const session = this.#session.value;
    return html`
      <div class="bar">
        <span class="model clip">${printer.model?.name ?? printer.model?.id ?? t("printer.unknown_model")}</span>
        ${
          printer.tags.length > 0
            ? html`
                <ul class="tags" aria-label=${t("printer.tags")}>
                  ${printer.tags.map((tag) => html`<li>${tag}</li>`)}
                </ul>
              `
            : nothing
        }
        <div class="end">
          ${
            session && permits(session, "stop:printers")
              ? html`<odin-stop-one .printer=${printer}></odin-stop-one>`
              : nothing
          }
          ${this.#neighbours(printer)}
        </div>
      </div>
    `;
  }

  #neighbours(printer: Printer) {
    const { before, after } = neighbours(inOrder(this.#live.value?.printers.items ?? {}), printer.id);
    return html`
      ${this.#neighbour(before, previous, "printer.previous")} ${this.#neighbour(after, next, "printer.next")}
    `;
  }

  #neighbour(to: Printer | undefined, icon: string, key: "printer.previous" | "printer.next") {
    if (!to) return nothing;
    const place = { page: "printer", id: to.id } as const;
    const label = t(key, { name: to.name });
    return html`
      <a class="button plain icon-only" href=${addressOf(place)} title=${label} aria-label=${label} @click=${followed(place)}>
        <odin-icon .path=${icon}></odin-icon>
      </a>
    `;
  }

  #loading() {
    return html`
      <p class="vh" role="status">${t("printer.loading")}</p>
      <div class="columns" aria-busy="true">
        <div class="column"><odin-skeleton class="tall"></odin-skeleton><odin-skeleton class="low"></odin-skeleton></div>
        <div class="column"><odin-skeleton class="tall"></odin-skeleton></div>
      </div>
    `;
  }

  #gone() {
    return html`
      <odin-empty .icon=${printerIcon} .heading=${t("printer.gone")}>
        ${t("printer.gone.what")}
        <a slot="action" class="button" href=${addressOf(FLOOR)} @click=${followed(FLOOR)}>${t("printer.to_floor")}</a>
      </odin-empty>
    `;
  }

  readonly #showObjects = (): void => {
    this.objects?.scrollIntoView({ block: "center" });
    this.objects?.focus({ preventScroll: true });
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-page": OdinPrinterPage;
  }
}
