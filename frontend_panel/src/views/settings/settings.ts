import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";

import "../../components/icon/icon";
import { back, lock, next, unknown } from "../../components/icon/icons";
import "../../components/kit/empty";
import { t, word } from "../../localize";
import type { Services } from "../../services";
import { servicesContext } from "../../services";
import { permits, unknownSession } from "../../store/session";
import { Slice } from "../../store/store";
import "../app/outlet";
import { addressOf, followed } from "../app/place";
import type { Place } from "../app/place";
import { surroundings } from "../app/surroundings";
import { GROUPS } from "./sections";
import type { Section } from "./section-entry";
import { settingsStyles } from "./styles";

const INDEX: Place = { page: "settings", section: "" };

/**
 * The settings: a list of the sections the person may see, and one of them beside it. Where there is no room for both, the
 * list comes first and a section has a way back.
 *
 * Properties: `section` (an id; empty is none yet).
 */
@customElement("odin-settings")
export class OdinSettings extends LitElement {
  static override styles = settingsStyles;

  @property({ reflect: true }) section = "";
  @consume({ context: servicesContext }) private readonly services!: Services;
  readonly #session = new Slice(this, () => this.services.store, (all) => all.session);

  protected override render() {
    const all = surroundings().sections();
    const allowed = all.filter(({ needs }) => permits(this.#session.value ?? unknownSession, needs));
    const shown = this.section === "" ? allowed[0] : all.find(({ id }) => id === this.section);
    return html`
      <nav aria-label=${t("settings.title")}>
        ${GROUPS.map((group) => this.#group(group, allowed, shown?.id ?? ""))}
      </nav>
      <div class="content">
        <a class="button plain back" href=${addressOf(INDEX)} @click=${followed(INDEX)}>
          <odin-icon .path=${back}></odin-icon>${t("settings.all")}
        </a>
        ${this.#content(shown, shown !== undefined && allowed.includes(shown))}
      </div>
    `;
  }

  #group(group: (typeof GROUPS)[number], allowed: readonly Section[], current: string) {
    const sections = allowed.filter((each) => each.group === group);
    if (sections.length === 0) return nothing;
    return html`
      <h2 id=${group}>${word("settings.group", group)}</h2>
      <ul aria-labelledby=${group}>
        ${sections.map((section) => this.#link(section, current))}
      </ul>
    `;
  }

  #link({ id, title, what, icon }: Section, current: string) {
    const place: Place = { page: "settings", section: id };
    return html`
      <li>
        <a href=${addressOf(place)} aria-current=${id === current ? "page" : nothing} @click=${followed(place)}>
          <odin-icon .path=${icon}></odin-icon>
          <span><span class="name">${title}</span><span class="what">${what}</span></span>
          <odin-icon class="go" .path=${next}></odin-icon>
        </a>
      </li>
    `;
  }

  #content(section: Section | undefined, isAllowed: boolean) {
    if (section && isAllowed) {
      return html`
        <header>
          <h2 class="vh">${section.title}</h2>
          <p class="sub">${section.what}</p>
        </header>
        <odin-outlet .page=${section.page}></odin-outlet>
      `;
    }
    if (section) {
      return html`<odin-empty .icon=${lock} .heading=${t("page.not_allowed")}>${t("page.not_allowed.what")}</odin-empty>`;
    }
    return html`<odin-empty .icon=${unknown} .heading=${t("settings.nothing_there")}>${t("settings.nothing_there.what")}</odin-empty>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-settings": OdinSettings;
  }
}
