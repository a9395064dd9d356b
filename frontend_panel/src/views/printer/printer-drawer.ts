import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import { customElement, property, query } from "lit/decorators.js";

import type { Printer } from "../../api/types";
import "../../components/icon/icon";
import { right } from "../../components/icon/icons";
import { keepClear } from "../../components/kit/bars";
import "../../components/kit/drawer";
import "../../components/kit/empty";
import "../../components/kit/skeleton";
import { isRunning } from "../../components/printer-tile/summary";
import { t } from "../../localize";
import type { Services } from "../../services";
import { servicesContext } from "../../services";
import { Slice } from "../../store/store";
import { base, buttons } from "../../theme/controls";
import { addressOf, followed, goTo } from "../app/place";
import "./actions";
import "./camera";
import "./connection";
import "./controls";
import "./faults";
import "./filament";
import "./job";
import "./plate";
import "./prompt";
import "./temperatures";

/**
 * One printer beside the floor: what is going on, and the controls. The page has the rest.
 *
 * Properties: `printerId`. Events: `odin-close`.
 */
@customElement("odin-printer-drawer")
export class OdinPrinterDrawer extends LitElement {
  static override styles = [
    base,
    buttons,
    css`
      odin-drawer {
        --drawer-width: 560px;
      }

      .sections {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--o-3);
      }

      .sections > :not(:defined) {
        display: none;
      }

      .title {
        display: flex;
        gap: 10px;
        align-items: baseline;
        min-width: 0;
      }

      /* The model gives way before the name does. */
      .title .sub {
        flex: 0 1000 auto;
        font-size: var(--o-t-b);
        font-weight: var(--o-w-n);
      }

      .foot {
        padding: 10px 20px max(10px, var(--o-safe-bottom));
        border-top: 1px solid var(--o-line);
      }

      .tall {
        height: 280px;
      }
    `,
  ];

  @property({ attribute: "printer-id" }) printerId = "";
  @consume({ context: servicesContext }) private readonly services!: Services;
  @query(".foot") private readonly foot!: HTMLElement | null;
  readonly #printers = new Slice(this, () => this.services.store, (all) => all.live.printers);

  constructor() {
    super();
    keepClear(this, "modal", () => this.foot);
  }

  protected override render() {
    const printers = this.#printers.value;
    const printer = printers?.items[this.printerId];
    return html`
      <odin-drawer .isOpen=${true} .heading=${printer?.name ?? t("printer.gone")} @odin-close=${this.#closed}>
        ${printer ? this.#content(printer) : printers?.revision == null ? this.#loading() : this.#gone()}
      </odin-drawer>
    `;
  }

  #content(printer: Printer) {
    const page = { page: "printer", id: printer.id } as const;
    return html`
      <span slot="title" class="title">
        <span class="clip">${printer.name}</span>
        <span class="sub clip">${printer.model?.name ?? printer.model?.id ?? t("printer.unknown_model")}</span>
      </span>
      <a slot="actions" class="button plain" href=${addressOf(page)} @click=${followed(page)}>
        ${t("printer.open")}<odin-icon .path=${right}></odin-icon>
      </a>
      <div class="sections">
        <odin-printer-connection .printer=${printer}></odin-printer-connection>
        <odin-printer-prompt .printer=${printer}></odin-printer-prompt>
        <odin-printer-camera .printer=${printer}></odin-printer-camera>
        <odin-printer-plate .printer=${printer}></odin-printer-plate>
        <odin-printer-job .printer=${printer} .isBare=${true}></odin-printer-job>
        <odin-printer-faults .printer=${printer} .isBrief=${true}></odin-printer-faults>
        <odin-printer-filament .printer=${printer}></odin-printer-filament>
        <odin-printer-controls .printer=${printer}></odin-printer-controls>
        <odin-printer-temperatures .printer=${printer}></odin-printer-temperatures>
      </div>
      ${
        isRunning(printer)
          ? html`
              <div slot="footer" class="foot" @odin-show-objects=${() => {
                goTo(page);
              }}>
                <odin-printer-actions .printer=${printer}></odin-printer-actions>
              </div>
            `
          : nothing
      }
    `;
  }

  #loading() {
    return html`
      <p class="vh" role="status">${t("printer.loading")}</p>
      <div class="sections"><odin-skeleton class="tall"></odin-skeleton><odin-skeleton .lines=${4}></odin-skeleton></div>
    `;
  }

  #gone() {
    return html`<odin-empty .heading=${t("printer.gone")}>${t("printer.gone.what")}</odin-empty>`;
  }

  readonly #closed = (): void => {
    this.dispatchEvent(new CustomEvent("odin-close"));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-drawer": OdinPrinterDrawer;
  }
}
