import { consume } from "@lit/context";
import type { PropertyValues } from "lit";
import { LitElement, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { Printer } from "../../api/types";
import "../../components/icon/icon";
import { plus, printer as printerIcon, search } from "../../components/icon/icons";
import "../../components/kit/empty";
import { plural, t } from "../../localize";
import type { Services } from "../../services";
import { servicesContext } from "../../services";
import { selectAlerts } from "../../store/alerts";
import { endings } from "../../store/endings";
import type { LiveState } from "../../store/live";
import { PLAIN_VIEW, keepView, keptView } from "../../store/preferences";
import type { FloorView } from "../../store/preferences";
import { selectPrinters } from "../../store/printers";
import { permits, unknownSession } from "../../store/session";
import { Slice } from "../../store/store";
import { FLOOR, addressOf, followed, goTo } from "../app/place";
import { itemsOf } from "./attention";
import "./attention-strip";
import { awayOf } from "./away";
import "./bulk-bar";
import "./cell";
import { finishesOf } from "./finishes";
import "./horizon";
import { KeptViews } from "./kept-views";
import { facetsOf, shownIn, sizeOf } from "./selection";
import { styles } from "./styles";
import "./tools";

const ADD = { page: "add-printer" } as const;
const SKELETONS = 8;

const endOf = (printer: Printer) => endings.of(printer);

/**
 * Every printer, live: what needs somebody, when hands are needed, and a card for each.
 *
 * Properties: `drawer` (the printer that is open beside it).
 */
@customElement("odin-floor")
export class OdinFloor extends LitElement {
  static override styles = styles;

  @property({ attribute: false }) drawer: string | null = null;
  @consume({ context: servicesContext }) private readonly services!: Services;
  @state() private view: FloorView = keptView();
  /** Ids of the chosen ones; `undefined` while nobody chooses. */
  @state() private chosen: ReadonlySet<string> | undefined;
  readonly #views = new KeptViews(this, () => this.services);
  readonly #session = new Slice(this, () => this.services.store, (all) => all.session);
  readonly #phase = new Slice(this, () => this.services.store, (all) => all.live.phase);
  readonly #lostAt = new Slice(this, () => this.services.store, ({ live }) => (live.phase === "lost" ? live.heardAt : null));
  readonly #printers = new Slice(this, () => this.services.store, selectPrinters);
  readonly #alerts = new Slice(this, () => this.services.store, selectAlerts);

  /** Hundreds of printers report hundreds of times a second: what comes between two frames is drawn once. */
  protected override async scheduleUpdate(): Promise<void> {
    if (this.hasUpdated) await new Promise(requestAnimationFrame);
    await super.scheduleUpdate();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("drawer") && this.drawer !== null) void this.#loadDrawer();
  }

  protected override render() {
    const phase = this.#phase.value;
    const printers = this.#printers.value ?? [];
    if (phase === undefined) return nothing;
    if (phase === "connecting" && printers.length === 0) return this.#loading();
    return html`${printers.length === 0 ? this.#empty() : this.#farm(printers, phase)} ${this.#drawer()}`;
  }

  #may(permission: Parameters<typeof permits>[1]): boolean {
    return permits(this.#session.value ?? unknownSession, permission);
  }

  #farm(printers: readonly Printer[], phase: LiveState["phase"]) {
    const isStale = phase !== "live";
    const shown = shownIn(printers, this.view, endOf);
    return html`
      <odin-attention-strip
        .items=${itemsOf(printers, this.#may("read:alerts") ? (this.#alerts.value ?? []) : undefined, new Date())}
        .printers=${Object.fromEntries(printers.map((printer) => [printer.id, printer]))}
        .mayControl=${this.#may("control:printers")}
        .mayDismiss=${this.#may("manage:alerts")}
        .hearsEngine=${!isStale}
      ></odin-attention-strip>
      <odin-horizon .finishes=${finishesOf(printers, endOf)} .isStale=${isStale}></odin-horizon>
      <odin-floor-tools
        .view=${this.view}
        .views=${this.#views.all}
        .facets=${facetsOf(printers, this.view)}
        .isChoosing=${this.chosen !== undefined}
        .mayManage=${this.#may("manage:printers")}
        .mayControl=${this.#may("control:printers")}
        @odin-view=${this.#viewed}
        @odin-views=${this.#views.changed}
        @odin-deleted=${this.#views.deleted}
        @odin-choosing=${() => {
          this.chosen = this.chosen ? undefined : new Set();
        }}
      ></odin-floor-tools>
      ${shown.length === 0 ? this.#nothingFits(printers.length) : this.#grid(shown, isStale)}
      ${this.chosen ? this.#bulk(this.chosen, printers, shown) : nothing}
    `;
  }

  #grid(shown: readonly Printer[], isStale: boolean) {
    const away = awayOf(this.#alerts.value ?? []);
    const mayControl = this.#may("control:printers");
    const mayLook = this.#may("read:cameras");
    const { size } = this.view;
    return html`
      <p class="vh" role="status">${plural("floor.shown", shown.length)}</p>
      <ul class="grid" data-size=${size} aria-label=${t("floor.printers.label")}>
        ${repeat(
          shown,
          ({ id }) => id,
          (printer) => {
            const cardSize = sizeOf(printer, size);
            return html`
              <li class=${cardSize}>
                <odin-floor-cell
                  .printer=${printer}
                  .size=${cardSize}
                  .isStale=${isStale}
                  .heardAt=${this.#lostAt.value ?? away.get(printer.id) ?? null}
                  .mayControl=${mayControl}
                  .mayLook=${mayLook}
                  .isChoosing=${this.chosen !== undefined}
                  .isChosen=${this.chosen?.has(printer.id) ?? false}
                  @odin-choose=${this.#chose}
                ></odin-floor-cell>
              </li>
            `;
          },
        )}
      </ul>
    `;
  }

  #bulk(chosen: ReadonlySet<string>, printers: readonly Printer[], shown: readonly Printer[]) {
    return html`
      <odin-bulk-bar
        .chosen=${shown.filter(({ id }) => chosen.has(id))}
        .total=${shown.length}
        .tags=${[...new Set(printers.flatMap(({ tags }) => tags))].sort()}
        .mayManage=${this.#may("manage:printers")}
        .mayControl=${this.#may("control:printers")}
        @odin-all=${() => {
          this.chosen = new Set(shown.map(({ id }) => id));
        }}
        @odin-none=${() => {
          this.chosen = new Set();
        }}
        @odin-done=${() => {
          this.chosen = undefined;
        }}
      ></odin-bulk-bar>
    `;
  }

  #loading() {
    return html`
      <p class="vh" role="status">${t("floor.loading")}</p>
      <ul class="grid" aria-hidden="true">
        ${Array.from({ length: SKELETONS }, () => html`<li class="skeleton"><i></i><i></i><i></i></li>`)}
      </ul>
    `;
  }

  #nothingFits(total: number) {
    return html`
      <odin-empty .icon=${search} .heading=${t("floor.no_fit")}>
        ${plural("floor.no_fit.what", total)}
        <button
          slot="action"
          class="button primary"
          type="button"
          @click=${() => {
            this.#show({ ...PLAIN_VIEW, sort: this.view.sort, size: this.view.size });
          }}
        >
          ${t("floor.no_fit.all")}
        </button>
      </odin-empty>
    `;
  }

  #empty() {
    if (!this.#may("manage:printers")) {
      return html`<odin-empty .icon=${printerIcon} .heading=${t("floor.empty")}>${t("floor.empty.ask")}</odin-empty>`;
    }
    return html`
      <odin-empty .icon=${printerIcon} .heading=${t("floor.empty")}>
        ${t("floor.empty.what")}
        <a slot="action" class="button primary" href=${addressOf(ADD)} @click=${followed(ADD)}>
          <odin-icon .path=${plus}></odin-icon>${t("floor.add")}
        </a>
      </odin-empty>
    `;
  }

  async #loadDrawer(): Promise<void> {
    try {
      await import("../printer/printer-drawer");
    } catch {
      this.services.toasts.show("failed", t("page.not_loaded.what"));
      goTo(FLOOR);
    }
  }

  #drawer() {
    if (this.drawer === null) return nothing;
    return html`
      <odin-printer-drawer
        .printerId=${this.drawer}
        @odin-close=${() => {
          goTo(FLOOR);
        }}
      ></odin-printer-drawer>
    `;
  }

  readonly #viewed = (event: CustomEvent<{ value: FloorView }>): void => {
    this.#show(event.detail.value);
  };

  #show(view: FloorView): void {
    this.view = view;
    keepView(view);
  }

  readonly #chose = (event: CustomEvent<{ value: boolean }>): void => {
    const { id } = (event.currentTarget as HTMLElementTagNameMap["odin-floor-cell"]).printer;
    const chosen = new Set(this.chosen);
    if (event.detail.value) chosen.add(id);
    else chosen.delete(id);
    this.chosen = chosen;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-floor": OdinFloor;
  }
}
