import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { pausePrint, resumePrint } from "../../api/control";
import { ApiError } from "../../api/transport";
import type { Printer, Session } from "../../api/types";
import { lock } from "../../components/icon/icons";
import "../../components/kit/empty";
import "../../components/kit/toasts";
import { t } from "../../localize";
import type { Services } from "../../services";
import { servicesContext } from "../../services";
import { selectAlerts } from "../../store/alerts";
import { selectLine } from "../../store/line";
import type { Line } from "../../store/line";
import { countEnabled, countNeedy, selectPrinters } from "../../store/printers";
import { Slice } from "../../store/store";
import type { Toast } from "../../store/toasts";
import "../account/account";
import "../alerts/bell";
import "./emergency";
import type { OdinStopEverything } from "./emergency";
import { entriesFor } from "./entries";
import { Keymap, SEARCH_ALWAYS, bindings, isTaken } from "./keymap";
import type { KeyCommand } from "./keymap";
import "./line-banner";
import "./navigation";
import "./outlet";
import { crumbsOf, pageOf, permissionFor, printerOf, titleOf } from "./pages";
import "./palette";
import { FLOOR, goTo } from "./place";
import type { Place } from "./place";
import "./shortcuts";
import { singleKeysWork } from "./shortcuts";
import { frameStyles } from "./styles";
import { onKey, surroundings } from "./surroundings";
import "./top-bar";

/**
 * What stands around every page behind the login: the ways to the pages, the search field, the bell, the emergency stop,
 * and the news at the bottom.
 *
 * Properties: `session`, `place`. Slots: default (banners over the page), `before` and `beside`
 * (in the top bar). Events: `odin-sign-out`. Methods: `focusPage()`.
 */
@customElement("odin-frame")
export class OdinFrame extends LitElement {
  static override styles = frameStyles;

  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) place!: Place;
  @consume({ context: servicesContext }) private readonly services!: Services;
  @state() private shown: "search" | "keys" | undefined;
  @state() private toasts: readonly Toast[] = [];
  /** The name of the printer the place is about; neither changes often. */
  @state() private printerName: string | undefined;
  @query("main") private readonly main!: HTMLElement;
  @query("odin-stop-everything") private readonly stopEverything!: OdinStopEverything | null;
  readonly #line = new Slice(this, () => this.services.store, selectLine);
  readonly #needy = new Slice(this, () => this.services.store, countNeedy);
  readonly #enabled = new Slice(this, () => this.services.store, countEnabled);
  readonly #alerts = new Slice(this, () => this.services.store, selectAlerts);
  readonly #keymap = new Keymap(bindings(surroundings().foreignKeys));
  #stops: readonly (() => void)[] = [];

  /** Puts the focus where the page begins. */
  focusPage(): void {
    this.main.focus({ preventScroll: true });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { toasts, store } = this.services;
    const changed = () => {
      this.toasts = toasts.shown;
    };
    toasts.addEventListener("changed", changed);
    this.#stops = [
      onKey(this.#keyed),
      store.subscribe(this.#named),
      () => {
        toasts.removeEventListener("changed", changed);
      },
    ];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const stop of this.#stops) stop();
  }

  protected override willUpdate(): void {
    this.#named();
  }

  protected override updated(): void {
    if (this.isConnected) surroundings().setTitle(titleOf(this.place, this.printerName));
  }

  protected override render() {
    const line = this.#line.value;
    if (!line) return nothing;
    return html`
      <button class="button skip" type="button" @click=${this.#skipped}>${t("app.skip")}</button>
      <div class="room">
        <div class="layout">${this.#navigation(line)} ${this.#column()}</div>
      </div>
      ${this.#overlays()}
    `;
  }

  #navigation(line: Line) {
    return html`
      <odin-navigation
        .page=${this.place.page}
        .attention=${this.#needy.value ?? 0}
        .alerts=${this.#alerts.value?.length ?? 0}
        .maySeeAlerts=${this.#may("read:alerts")}
      >
        <odin-account
          slot="account"
          .session=${this.session}
          .line=${line}
          .count=${this.#enabled.value ?? 0}
          @odin-keys=${this.#keysWanted}
          @odin-sign-out=${this.#left}
        ></odin-account>
      </odin-navigation>
    `;
  }

  #column() {
    return html`
      <div class="column">
        <odin-top-bar .crumbs=${crumbsOf(this.place, this.printerName)} @odin-search=${this.#searched}>
          <slot name="before" slot="before"></slot><slot name="beside" slot="beside"></slot>
          ${this.#may("read:alerts") ? html`<odin-bell .isWatched=${this.place.page === "alerts"}></odin-bell>` : nothing}
          ${this.#may("stop:printers") ? html`<odin-stop-everything></odin-stop-everything>` : nothing}
        </odin-top-bar>
        <main tabindex="-1" aria-label=${titleOf(this.place, this.printerName)}>
          <slot></slot>
          <odin-line-banner></odin-line-banner>
          ${this.#page()}
        </main>
      </div>
    `;
  }

  #page() {
    const needed = permissionFor(this.place);
    if (needed === undefined || this.#may(needed)) return html`<odin-outlet .page=${pageOf(this.place)}></odin-outlet>`;
    return html`
      <odin-empty .icon=${lock} .heading=${t("page.not_allowed")}>${t("page.not_allowed.what")}</odin-empty>
    `;
  }

  #overlays() {
    return html`
      <odin-palette
        .isOpen=${this.shown === "search"}
        .entries=${this.shown === "search" ? this.#entries() : []}
        @odin-close=${this.#hid}
      ></odin-palette>
      <odin-shortcuts .isOpen=${this.shown === "keys"} @odin-close=${this.#hid}></odin-shortcuts>
      <odin-toasts .toasts=${this.toasts} @odin-dismiss=${this.#dismissed}></odin-toasts>
    `;
  }

  #entries() {
    return entriesFor(selectPrinters(this.services.store.state), this.session.permissions, {
      pause: (printer) => void this.#told(pausePrint, printer, "search.paused"),
      resume: (printer) => void this.#told(resumePrint, printer, "search.resumed"),
      stopEverything: () => this.stopEverything?.ask(),
      showKeys: this.#keysWanted,
      signOut: this.session.session_id === null ? undefined : this.#left,
    });
  }

  async #told(tell: typeof pausePrint, printer: Printer, done: "search.paused" | "search.resumed"): Promise<void> {
    const { transport, toasts } = this.services;
    try {
      await tell(transport, printer.id);
      toasts.show("done", t(done, { name: printer.name }));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toasts.show("failed", `${printer.name}: ${error.message}`);
    }
  }

  #may(permission: string): boolean {
    return this.session.permissions.includes(permission);
  }

  readonly #named = (): void => {
    const id = printerOf(this.place);
    this.printerName = id === undefined ? undefined : this.services.store.state.live.printers.items[id]?.name;
  };

  readonly #keyed = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() !== "k" || surroundings().foreignKeys.includes(SEARCH_ALWAYS)) return;
      event.preventDefault();
      this.shown = this.shown === "search" ? undefined : "search";
      return;
    }
    if (isTaken(event) || !surroundings().allowsKeys() || !singleKeysWork()) return;
    const command = this.#keymap.press(event.key, event.timeStamp);
    if (command === undefined) return;
    event.preventDefault();
    this.#follow(command);
  };

  #follow(command: KeyCommand): void {
    switch (command) {
      case "search":
      case "keys":
        this.shown = command;
        break;
      case "floor":
        goTo(FLOOR);
        break;
      case "settings":
        goTo({ page: "settings", section: "" });
        break;
      case "alerts":
      case "add-printer":
        goTo({ page: command });
        break;
    }
  }

  readonly #searched = (): void => {
    this.shown = "search";
  };

  readonly #keysWanted = (): void => {
    this.shown = "keys";
  };

  readonly #hid = (): void => {
    this.shown = undefined;
  };

  readonly #skipped = (): void => {
    this.focusPage();
  };

  readonly #dismissed = (event: CustomEvent<{ id: number }>): void => {
    this.services.toasts.dismiss(event.detail.id);
  };

  readonly #left = (): void => {
    this.dispatchEvent(new CustomEvent("odin-sign-out"));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-frame": OdinFrame;
  }
}
