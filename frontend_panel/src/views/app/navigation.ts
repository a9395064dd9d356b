import { LitElement, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";

import "../../components/brand/brand";
import "../../components/icon/icon";
import { bell, floor, settings } from "../../components/icon/icons";
import { plural, t } from "../../localize";
import { navigationStyles } from "./navigation-styles";
import { FLOOR, addressOf, followed } from "./place";
import type { PageName, Place } from "./place";

interface Item {
  readonly place: Place;
  readonly label: string;
  readonly icon: string;
  /** The pages that lie behind it. */
  readonly pages: readonly PageName[];
  /** How many things there wait for somebody, and in words. */
  readonly count?: number;
  readonly words?: string;
}

/**
 * The ways to the pages: a column with words, a rail, or a bar at the bottom, as there is room.
 *
 * Properties: `page`, `attention` (printers that need somebody), `alerts` (active ones), `maySeeAlerts`. Slots: `account`.
 */
@customElement("odin-navigation")
export class OdinNavigation extends LitElement {
  static override styles = navigationStyles;

  @property() page: PageName = "floor";
  @property({ type: Number }) attention = 0;
  @property({ type: Number }) alerts = 0;
  @property({ type: Boolean, attribute: "may-see-alerts" }) maySeeAlerts = false;

  protected override render() {
    return html`
      <nav aria-label=${t("app.nav")}>
        <a class="home" href=${addressOf(FLOOR)} @click=${followed(FLOOR)} aria-label=${t("app.home")}>
          <odin-brand></odin-brand>
        </a>
        ${this.#items().map((item) => this.#item(item))}
        <div class="foot"><slot name="account"></slot></div>
      </nav>
    `;
  }

  #items(): readonly Item[] {
    const items: Item[] = [
      {
        place: FLOOR,
        label: t("nav.floor"),
        icon: floor,
        pages: ["floor", "printer", "add-printer"],
        count: this.attention,
        words: plural("nav.attention", this.attention),
      },
    ];
    if (this.maySeeAlerts) {
      const words = plural("nav.active", this.alerts);
      items.push({ place: { page: "alerts" }, label: t("nav.alerts"), icon: bell, pages: ["alerts"], count: this.alerts, words });
    }
    items.push({ place: { page: "settings", section: "" }, label: t("nav.settings"), icon: settings, pages: ["settings"] });
    return items;
  }

  #item({ place, label, icon, pages, count = 0, words = "" }: Item) {
    return html`
      <a
        class="item"
        href=${addressOf(place)}
        @click=${followed(place)}
        aria-current=${pages.includes(this.page) ? "page" : nothing}
      >
        <span class="picture"><odin-icon .path=${icon}></odin-icon></span>
        <span>${label}</span>
        ${
          count === 0
            ? nothing
            : html`<span class="count" title=${words} aria-hidden="true">${count}</span><span class="vh">, ${words}</span>`
        }
      </a>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-navigation": OdinNavigation;
  }
}
