import { ContextProvider } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import { ApiError } from "../../api/transport";
import "../../components/banner/banner";
import "../../components/brand/brand";
import { t } from "../../localize";
import type { Services } from "../../services";
import { servicesContext } from "../../services";
import { Slice } from "../../store/store";
import "./frame";
import type { OdinFrame } from "./frame";
import "./outlet";
import type { LazyPage } from "./lazy-page";
import { FLOOR, addressOf, currentPlace, reload } from "./place";
import type { Place } from "./place";
import { appStyles } from "./styles";
import { onUncaught, scrollToTop, surroundings } from "./surroundings";

/** The pages before the login. */
export interface Doors {
  readonly setup: () => LazyPage;
  readonly signIn: (hasEnded: boolean) => LazyPage;
  readonly newPassword: (name: string) => LazyPage;
}

/**
 * The whole panel: decides whether somebody is signed in, and which page is shown.
 *
 * Properties: `services`, `doors` (both given by the door; without `doors` nobody signs in here). Slots: `unreachable` (what
 * to do where the engine does not answer), `before` and `beside` (in the bar at the top, before and after the page's name).
 */
@customElement("odin-app")
export class OdinApp extends LitElement {
  static override styles = appStyles;

  @state() private place: Place = FLOOR;
  @state() private signOutProblem = "";
  /** Something broke that nobody caught: the page may not show everything any more. */
  @state() private isBroken = false;
  @query("odin-frame") private readonly frame!: OdinFrame | null;
  doors: Doors | undefined;
  readonly #provider = new ContextProvider(this, { context: servicesContext });
  #services: Services | undefined;
  readonly #session = new Slice(this, () => this.#services?.store, (all) => all.session);
  #stops: readonly (() => void)[] = [];

  set services(services: Services) {
    this.#services = services;
    this.#provider.setValue(services);
    this.#session.hostConnected();
    this.place = currentPlace();
    if (this.isConnected) this.#listen();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.#services) this.#listen();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const stop of this.#stops) stop();
    this.#stops = [];
  }

  protected override updated(): void {
    if (this.#services && this.#session.value?.phase !== "signed_in") surroundings().setTitle("");
  }

  protected override render() {
    const session = this.#session.value;
    switch (session?.phase) {
      case undefined:
      case "unknown":
        return nothing;
      case "unreachable":
        return this.#unreachable();
      case "setup":
        return this.#door(this.doors?.setup());
      case "signed_out":
        return this.#door(this.doors?.signIn(session.hasEnded));
      case "signed_in":
        if (session.session.must_change_password) {
          return this.#door(this.doors?.newPassword(session.session.name));
        }
        return html`
          ${this.isBroken ? this.#broken() : nothing}
          <odin-frame .session=${session.session} .place=${this.place} @odin-sign-out=${this.#signedOut}>
            <slot name="before" slot="before"></slot><slot name="beside" slot="beside"></slot>
            ${
              this.signOutProblem
                ? html`<odin-banner kind="failed"><b>${t("app.still_signed_in")}</b> ${this.signOutProblem}</odin-banner>`
                : nothing
            }
          </odin-frame>
        `;
    }
  }

  #listen(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [surroundings().onMoved(this.#moved), onUncaught(this.#uncaught)];
  }

  #unreachable() {
    return html`
      <slot name="unreachable">
        <main class="alone">
          <odin-brand></odin-brand>
          <odin-banner kind="offline"><b>${t("app.unreachable")}</b> ${t("app.unreachable.what")}</odin-banner>
        </main>
      </slot>
    `;
  }

  #door(page: LazyPage | undefined) {
    return page ? html`<odin-outlet .page=${page}></odin-outlet>` : this.#unreachable();
  }

  /** Outside the frame: it may be the frame that broke. */
  #broken() {
    return html`
      <odin-banner class="broken" kind="failed">
        <b>${t("page.broken")}</b> ${t("page.broken.what")}
        <button slot="action" class="button" type="button" @click=${reload}>${t("page.reload")}</button>
      </odin-banner>
    `;
  }

  readonly #moved = (isReturn: boolean): void => {
    const before = this.place;
    const place = currentPlace();
    // A host may write into the address too: its dialogs do.
    if (addressOf(place) === addressOf(before)) return;
    this.place = place;
    // A drawer over the floor is no other page.
    if (before.page === "floor" && this.place.page === "floor") return;
    this.isBroken = false;
    // The browser itself remembers how far one had scrolled when one comes back.
    if (!isReturn) scrollToTop();
    if (before.page === "settings" && this.place.page === "settings") return;
    void this.updateComplete.then(() => {
      this.frame?.focusPage();
    });
  };

  /** A refusal that no view waited for is told; everything else means that the page is not whole. */
  readonly #uncaught = (error: unknown): boolean => {
    if (error instanceof ApiError) {
      this.#services?.toasts.show("failed", error.message);
      return true;
    }
    this.isBroken = true;
    return false;
  };

  readonly #signedOut = async (): Promise<void> => {
    this.signOutProblem = "";
    try {
      await this.#services?.keeper.leave();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.signOutProblem = error.message;
    }
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-app": OdinApp;
  }
}
