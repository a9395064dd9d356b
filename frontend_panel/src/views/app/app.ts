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
import { newPasswordPage, setupPage, signInPage } from "./pages";
import { currentPlace, onMoved, reload } from "./place";
import type { Place } from "./place";
import { appStyles } from "./styles";
import { onUncaught, scrollToTop, setTitle } from "./surroundings";

/**
 * The whole panel: decides whether somebody is signed in, and which page is shown.
 *
 * Properties: `services` (given by the door).
 */
@customElement("odin-app")
export class OdinApp extends LitElement {
  static override styles = appStyles;

  @state() private place: Place = currentPlace();
  @state() private signOutProblem = "";
  /** Something broke that nobody caught: the page may not show everything any more. */
  @state() private isBroken = false;
  @query("odin-frame") private readonly frame!: OdinFrame | null;
  readonly #provider = new ContextProvider(this, { context: servicesContext });
  #services: Services | undefined;
  readonly #session = new Slice(this, () => this.#services?.store, (all) => all.session);
  #stops: readonly (() => void)[] = [];

  set services(services: Services) {
    this.#services = services;
    this.#provider.setValue(services);
    this.#session.hostConnected();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stops = [onMoved(this.#moved), onUncaught(this.#uncaught)];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const stop of this.#stops) stop();
  }

  protected override updated(): void {
    if (this.#session.value?.phase !== "signed_in") setTitle("");
  }

  protected override render() {
    const session = this.#session.value;
    switch (session?.phase) {
      case undefined:
      case "unknown":
        return nothing;
      case "unreachable":
        return html`
          <main class="alone">
            <odin-brand></odin-brand>
            <odin-banner kind="offline"><b>${t("app.unreachable")}</b> ${t("app.unreachable.what")}</odin-banner>
          </main>
        `;
      case "setup":
        return html`<odin-outlet .page=${setupPage()}></odin-outlet>`;
      case "signed_out":
        return html`<odin-outlet .page=${signInPage(session.hasEnded)}></odin-outlet>`;
      case "signed_in":
        if (session.session.must_change_password) {
          return html`<odin-outlet .page=${newPasswordPage(session.session.name)}></odin-outlet>`;
        }
        return html`
          ${this.isBroken ? this.#broken() : nothing}
          <odin-frame .session=${session.session} .place=${this.place} @odin-sign-out=${this.#signedOut}>
            ${
              this.signOutProblem
                ? html`<odin-banner kind="failed"><b>${t("app.still_signed_in")}</b> ${this.signOutProblem}</odin-banner>`
                : nothing
            }
          </odin-frame>
        `;
    }
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
    this.place = currentPlace();
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
