import { ContextProvider } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import { ApiError } from "../../api/transport";
import { emergencyStop } from "../../api/printers";
import type { Session } from "../../api/types";
import "../../components/banner/banner";
import "../../components/brand/brand";
import "../../components/emergency-stop/emergency-stop";
import type { StopProgress } from "../../components/emergency-stop/emergency-stop";
import { t } from "../../localize";
import type { Services } from "../../services";
import { servicesContext } from "../../services";
import { selectEnabled, selectRunning } from "../../store/printers";
import { Slice } from "../../store/store";
import "../account/account";
import "../add-printer/add-printer";
import "../floor/floor";
import "../new-password/new-password";
import "../setup/setup";
import "../sign-in/sign-in";
import { FLOOR, addressOf, followed, placeAt } from "./place";
import type { Place } from "./place";
import { styles } from "./styles";

/**
 * The whole panel: decides which page it is, and draws the frame around those behind the login.
 *
 * Properties: `services` (given by the door).
 */
@customElement("odin-app")
export class OdinApp extends LitElement {
  static override styles = styles;

  @state() private place: Place = placeAt(location);
  @state() private stop: StopProgress = { phase: "rest" };
  @state() private signOutProblem = "";
  @query("main") private readonly main!: HTMLElement | null;
  readonly #provider = new ContextProvider(this, { context: servicesContext });
  #services: Services | undefined;
  readonly #session = new Slice(this, () => this.#services?.store, (all) => all.session);
  readonly #running = new Slice(this, () => this.#services?.store, selectRunning);
  readonly #enabled = new Slice(this, () => this.#services?.store, selectEnabled);

  set services(services: Services) {
    this.#services = services;
    this.#provider.setValue(services);
    for (const slice of [this.#session, this.#running, this.#enabled]) slice.hostConnected();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("popstate", this.#moved);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("popstate", this.#moved);
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
        return html`<odin-setup></odin-setup>`;
      case "signed_out":
        return html`<odin-sign-in .hasEnded=${session.hasEnded}></odin-sign-in>`;
      case "signed_in":
        return session.session.must_change_password
          ? html`<odin-new-password .name=${session.session.name}></odin-new-password>`
          : this.#frame(session.session);
    }
  }

  #frame(session: Session) {
    const may = (permission: string) => session.permissions.includes(permission);
    return html`
      <header>
        <button class="button skip" type="button" @click=${this.#skipped}>${t("app.skip")}</button>
        <a class="home" href=${addressOf(FLOOR)} @click=${followed(FLOOR)} aria-label=${t("app.home")}>
          <odin-brand></odin-brand>
        </a>
        <span class="space"></span>
        ${
          may("stop:printers")
            ? html`
                <odin-emergency-stop
                  .running=${this.#running.value ?? []}
                  .count=${this.#enabled.value?.length ?? 0}
                  .progress=${this.stop}
                  @odin-emergency-stop=${this.#stopped}
                  @odin-emergency-rest=${this.#rested}
                ></odin-emergency-stop>
              `
            : nothing
        }
        <odin-account .session=${session} @odin-sign-out=${this.#signedOut}></odin-account>
      </header>
      <main tabindex="-1">
        ${
          this.signOutProblem
            ? html`<odin-banner kind="failed"><b>${t("app.still_signed_in")}</b> ${this.signOutProblem}</odin-banner>`
            : nothing
        }
        ${
          this.place.page === "add-printer" && may("manage:printers")
            ? html`<odin-add-printer .heading=${t("add.title")}></odin-add-printer>`
            : html`<odin-floor .mayAdd=${may("manage:printers")}></odin-floor>`
        }
      </main>
    `;
  }

  readonly #moved = (): void => {
    this.place = placeAt(location);
    this.main?.focus();
  };

  readonly #skipped = (): void => {
    this.main?.focus();
  };

  readonly #stopped = async (): Promise<void> => {
    if (!this.#services) return;
    this.stop = { phase: "sending" };
    try {
      this.stop = { phase: "answered", outcomes: await emergencyStop(this.#services.transport) };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.stop = { phase: "undelivered", reason: error.message };
    }
  };

  readonly #rested = (): void => {
    this.stop = { phase: "rest" };
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
