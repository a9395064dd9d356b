import { html, nothing } from "lit";
import { customElement } from "lit/decorators.js";

import { readSystem } from "../../api/system";
import type { SystemFacts } from "../../api/types";
import "../../components/brand/brand";
import { api, elsewhere, finished } from "../../components/icon/icons";
import "../../components/kit/time";
import { plural, t, word } from "../../localize";
import type { TextKey } from "../../localize";
import { instant } from "../../localize/format";
import { Asked } from "../../store/asked";
import { Slice } from "../../store/store";
import { surroundings } from "../app/surroundings";
import { SettingsSection } from "./section";
import { sectionStyles } from "./section-styles";

/** Pages of the engine, and what is found there. */
const LINKS = [
  { path: "api/docs", text: "about.try", what: "about.try.what" },
  { path: "api/redoc", text: "about.reference", what: "about.reference.what" },
  { path: "api/openapi.json", text: "about.openapi", what: "about.openapi.what" },
  { path: "healthz", text: "about.healthz", what: "about.healthz.what" },
] as const;

/** What runs here: versions, since when, where the API is described, and whose work it stands on. */
@customElement("odin-settings-about")
export class OdinSettingsAbout extends SettingsSection {
  static override styles = sectionStyles;

  readonly #system = new Asked(this, () => readSystem(this.transport));
  readonly #live = new Slice(this, () => this.services.store, (all) => all.live.phase);

  protected override render() {
    return html`
      <section class="card" aria-label=${t("settings.about")}>
        <div class="card-head">
          <odin-brand></odin-brand>
          ${
            this.#live.value === "live"
              ? html`<span class="mark own end"><odin-icon .path=${finished}></odin-icon>${t("about.well")}</span>`
              : html`<span class="mark warn end">${t("about.not_live")}</span>`
          }
        </div>
        ${this.answered(this.#system, (system) => this.#facts(system))}
      </section>
      <section class="card" aria-labelledby="links">
        <div class="card-head"><h3 id="links">${t("about.links")}</h3></div>
        <ul class="rows">
          ${LINKS.map(({ path, text, what }) => this.#link(surroundings().engineAddress(path), text, what))}
          ${this.#link(surroundings().licenses, "about.licenses", "about.licenses.what")}
        </ul>
      </section>
    `;
  }

  #link(address: string | undefined, text: TextKey, what: TextKey) {
    if (address === undefined) return nothing;
    return html`
      <li>
        <odin-icon .path=${api}></odin-icon>
        <div class="what"><b>${t(text)}</b><small>${t(what)}</small></div>
        <a class="button end" href=${address} target="_blank" rel="noopener">
          <odin-icon .path=${elsewhere}></odin-icon>${t("about.open")}<span class="vh">: ${t(text)}</span>
        </a>
      </li>
    `;
  }

  #facts(system: SystemFacts) {
    return html`
      <dl class="facts">
        <div><dt>${t("about.version")}</dt><dd>${system.version}</dd></div>
        <div><dt>${t("about.api")}</dt><dd>${t("about.api_version", { version: system.api_version })}</dd></div>
        <div><dt>${t("about.started")}</dt><dd title=${instant(new Date(system.started_at))}><odin-time .at=${system.started_at}></odin-time></dd></div>
        <div><dt>${t("about.database")}</dt><dd>${word("about.db", system.database)}</dd></div>
        <div><dt>${t("about.printers")}</dt><dd>${plural("registry.count", system.printers)}</dd></div>
      </dl>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-settings-about": OdinSettingsAbout;
  }
}
