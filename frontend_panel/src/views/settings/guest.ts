import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";

import "../../components/icon/icon";
import { elsewhere } from "../../components/icon/icons";
import { t, word } from "../../localize";
import { SettingsSection } from "./section";
import { sectionStyles } from "./section-styles";

/**
 * Who somebody from Home Assistant is here, and where accounts are kept.
 *
 * Properties: `integration` (address of Home Assistant's page about the engine; `undefined` for whom it is not).
 */
@customElement("odin-settings-guest")
export class OdinSettingsGuest extends SettingsSection {
  static override styles = [
    sectionStyles,
    css`
      p {
        max-width: 72ch;
      }

      .facts {
        margin-bottom: var(--o-3);
      }

      .tools {
        margin-top: var(--o-3);
      }
    `,
  ];

  @property({ attribute: false }) integration: string | undefined;

  protected override render() {
    const { session } = this;
    if (!session) return nothing;
    return html`
      <section class="card" aria-labelledby="who">
        <div class="card-head"><h3 id="who">${t("own.who")}</h3></div>
        <dl class="facts">
          <div><dt>${t("own.name")}</dt><dd>${session.display_name || session.name}</dd></div>
          <div><dt>${t("own.role")}</dt><dd>${word("role", session.role)}</dd></div>
          <div><dt>${t("host.account.login")}</dt><dd>${t("host.account.home_assistant")}</dd></div>
        </dl>
        <p class="sub">${t("host.account.role")}</p>
      </section>
      <section class="card" aria-labelledby="kept">
        <div class="card-head"><h3 id="kept">${t("host.account.kept")}</h3></div>
        <p>${t("host.account.kept.what")}</p>
        ${
          this.integration === undefined
            ? nothing
            : html`
                <div class="tools">
                  <a class="button" href=${this.integration}>
                    <odin-icon .path=${elsewhere}></odin-icon>${t("host.integration")}
                  </a>
                </div>
              `
        }
      </section>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-settings-guest": OdinSettingsGuest;
  }
}
