import { LitElement, html, nothing, unsafeCSS } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { keyed } from "lit/directives/keyed.js";

import type { Engine } from "../api/engines";
import "../components/banner/banner";
import "../components/icon/icon";
import { menu, offline, unknown } from "../components/icon/icons";
import "../components/kit/empty";
import { t } from "../localize";
import { followHabits } from "../localize/format";
import tokens from "../theme/tokens.css?inline";
import "../views/app/app";
import { standIn } from "../views/app/surroundings";
import { namedEntry } from "./address";
import { isOutdated, onOutdated } from "./build";
import "./engine-picker";
import { Engines, chosenEngine, distinctNames, rememberEngine, rememberedEngine } from "./engines";
import { habitsOf } from "./habits";
import type { HassLocale, PanelHass, Route } from "./hass";
import { INTEGRATION, InHomeAssistant } from "./home-assistant";
import { holdLine } from "./lines";
import type { HeldLine } from "./lines";
import { panelStyles } from "./panel-styles";
import { onThemeChanged, wearTheme } from "./theme";

/** What of `hass` is drawn or passed on; the rest of it changes many times a second. */
const READ = ["connection", "locale", "user", "dockedSidebar", "kioskMode", "enableShortcuts"] as const;

function isOtherHass(hass: PanelHass, before: PanelHass | undefined): boolean {
  return READ.some((name) => hass[name] !== before?.[name]);
}

/**
 * The panel in Home Assistant's sidebar: one of its engines under Home Assistant's theme, with its menu where its sidebar
 * is not.
 *
 * Properties, set by Home Assistant: `hass`, `narrow` (no room for the sidebar), `route`.
 */
@customElement("odin-panel")
export class OdinPanel extends LitElement {
  static override styles = [unsafeCSS(tokens), panelStyles];

  @property({ attribute: false, hasChanged: isOtherHass }) hass: PanelHass | undefined;
  @property({ type: Boolean }) narrow = false;
  @property({ attribute: false }) route: Route | undefined;
  @state() private search = location.search;
  readonly #engines = new Engines(this);
  readonly #surroundings = new InHomeAssistant();
  #engine: Engine | undefined;
  #line: HeldLine | undefined;
  #lineOf: string | undefined;
  #locale: HassLocale | undefined;
  #stops: readonly (() => void)[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    standIn(this.#surroundings);
    wearTheme(this);
    this.#stops = [
      onThemeChanged(() => {
        wearTheme(this);
      }),
      this.#surroundings.onMoved(() => {
        this.search = location.search;
      }),
      onOutdated(() => {
        this.requestUpdate();
      }),
    ];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const stop of this.#stops) stop();
    this.#leave();
  }

  protected override willUpdate(): void {
    const { hass } = this;
    if (!hass) return;
    this.#engines.ask(hass.connection);
    this.#surroundings.hass = hass;
    this.#surroundings.prefix = this.route?.prefix;
    if (hass.locale !== this.#locale) followHabits(habitsOf(hass.locale, hass.config.time_zone));
    this.#locale = hass.locale;
    const { all = [] } = this.#engines;
    const before = this.#engine;
    this.#engine = chosenEngine(all, namedEntry(this.search), rememberedEngine());
    this.#surroundings.entryId = all.length > 1 ? this.#engine?.entry_id : undefined;
    this.#follow(hass, this.#engine?.entry_id);
    // Home Assistant has it back: no need to wait for our own next attempt.
    if (before?.state === "unavailable" && this.#engine?.state === "loaded") this.#line?.keeper.retry();
  }

  protected override render() {
    const { all, problem } = this.#engines;
    if (!this.hass || (all === undefined && problem === "")) return nothing;
    const engine = this.#engine;
    if (!engine || !this.#line) return this.#none(problem);
    return keyed(
      this.#line,
      html`
        ${isOutdated() ? this.#outdated() : nothing}
        <odin-app .services=${this.#line} @keydown=${this.#keyed}>
          ${this.#menu("before")} ${this.#picker(engine, "beside")}
          <main slot="unreachable" class="alone">
            <div class="bar">${this.#menu("")} ${this.#picker(engine, "")}</div>
            ${this.#away(engine)}
          </main>
        </odin-app>
      `,
    );
  }

  #none(problem: string) {
    return html`
      <div class="alone">
        <div class="bar">${this.#menu("")}</div>
        <div class="middle">
          <odin-empty .icon=${unknown} .heading=${problem ? t("host.unknown") : t("host.none")}>
            ${problem || t("host.none.what")} ${this.#ways()}
          </odin-empty>
        </div>
      </div>
    `;
  }

  #away({ entry_id }: Engine) {
    const name = distinctNames(this.#engines.all ?? []).get(entry_id) ?? "";
    return html`
      <div class="middle">
        <odin-empty .icon=${offline} .heading=${t("host.away", { name })}>
          ${t("host.away.what")} ${this.#ways()}
        </odin-empty>
      </div>
    `;
  }

  #ways() {
    return html`
      ${
        this.hass?.user?.is_admin === true
          ? html`<a slot="action" class="button primary" href=${INTEGRATION}>${t("host.integration")}</a>`
          : nothing
      }
      <button slot="action" class="button" type="button" @click=${this.#retried}>${t("host.again")}</button>
    `;
  }

  #outdated() {
    return html`
      <odin-banner kind="info">
        ${t("host.outdated")}
        <button slot="action" class="button" type="button" @click=${this.#reload}>${t("page.reload")}</button>
      </odin-banner>
    `;
  }

  /** Where Home Assistant's sidebar does not stand beside the panel, the way to it is here. */
  #menu(slot: string) {
    const { hass } = this;
    const isBehind = this.narrow || hass?.dockedSidebar === "always_hidden";
    if (!isBehind || hass?.kioskMode === true || hass?.auth.external?.config.hasSidebar === true) return nothing;
    return html`
      <button
        slot=${slot || nothing}
        class="button plain icon-only menu"
        type="button"
        aria-label=${t("host.menu")}
        @click=${this.#toggled}
      >
        <odin-icon .path=${menu}></odin-icon>
      </button>
    `;
  }

  #picker(engine: Engine, slot: string) {
    const all = this.#engines.all ?? [];
    if (all.length < 2) return nothing;
    return html`
      <odin-engine-picker
        slot=${slot || nothing}
        .engines=${all}
        .chosen=${engine.entry_id}
        @odin-change=${this.#chosen}
      ></odin-engine-picker>
    `;
  }

  #follow(hass: PanelHass, entryId: string | undefined): void {
    if (entryId === this.#lineOf || !this.isConnected) return;
    this.#leave();
    if (entryId === undefined) return;
    this.#lineOf = entryId;
    this.#line = holdLine(hass, entryId);
  }

  #leave(): void {
    this.#line?.release();
    this.#line = this.#lineOf = undefined;
  }

  readonly #chosen = (event: CustomEvent<{ value: Engine }>): void => {
    rememberEngine(event.detail.value);
    this.#surroundings.entryId = event.detail.value.entry_id;
    this.#surroundings.push(this.#surroundings.address(""));
  };

  readonly #retried = (): void => {
    this.#engines.again();
    this.#line?.keeper.retry();
  };

  readonly #toggled = (): void => {
    this.dispatchEvent(new CustomEvent("hass-toggle-menu", { bubbles: true, composed: true }));
  };

  readonly #reload = (): void => {
    location.reload();
  };

  /** Letters typed at a list of choices look for one of them; Home Assistant would take them for its own. */
  readonly #keyed = (event: KeyboardEvent): void => {
    if (event.composedPath()[0] instanceof HTMLSelectElement) event.stopPropagation();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-panel": OdinPanel;
  }
}
