import { html, nothing } from "lit";
import { customElement } from "lit/decorators.js";

import { endLogin, endOtherLogins, readLogins } from "../../api/identity";
import type { Login } from "../../api/types";
import { browser, signOut } from "../../components/icon/icons";
import { confirm } from "../../components/kit/confirm";
import "../../components/kit/time";
import { plural, t } from "../../localize";
import { Asked } from "../../store/asked";
import { SettingsSection } from "./section";
import { sectionStyles } from "./section-styles";

/** The browsers in which this person is signed in, and signing the others out. */
@customElement("odin-settings-sessions")
export class OdinSettingsSessions extends SettingsSection {
  static override styles = sectionStyles;

  readonly #logins = new Asked(this, () => readLogins(this.transport));

  protected override render() {
    return html`
      <section class="card" aria-label=${t("settings.sessions")}>
        ${this.answered(this.#logins, (logins) => this.#list(logins))}
      </section>
    `;
  }

  #list(logins: readonly Login[]) {
    const sorted = [...logins].sort((a, b) => Number(b.is_current) - Number(a.is_current) || b.last_seen_at.localeCompare(a.last_seen_at));
    return html`
      <div class="card-head">
        <span class="sub">${plural("sessions.count", logins.length)}</span>
        ${
          logins.length > 1
            ? html`
                <button class="button outline-danger end" type="button" @click=${() => void this.#endOthers()}>
                  <odin-icon .path=${signOut}></odin-icon>${t("sessions.end_others")}
                </button>
              `
            : nothing
        }
      </div>
      ${this.trouble("others")}
      <ul class="rows">
        ${sorted.map((login) => this.#row(login))}
      </ul>
    `;
  }

  #row(login: Login) {
    return html`
      <li>
        <odin-icon .path=${browser}></odin-icon>
        <div class="what">
          <b>${login.device || t("sessions.unknown")}</b>
          ${login.is_current ? html`<span class="mark own">${t("sessions.this")}</span>` : nothing}
          <p>
            ${login.address} · ${t("sessions.seen")} <odin-time .at=${login.last_seen_at}></odin-time> · ${t("sessions.since")}
            <odin-time .at=${login.created_at}></odin-time>
          </p>
        </div>
        ${
          login.is_current
            ? nothing
            : html`
                <div class="end">
                  <button class="button" type="button" @click=${() => void this.#end(login)}>${t("sessions.end")}</button>
                </div>
              `
        }
        ${this.trouble(login.id)}
      </li>
    `;
  }

  async #end({ id }: Login): Promise<void> {
    if (await this.act(id, () => endLogin(this.transport, id), t("sessions.ended"))) await this.#logins.again();
  }

  async #endOthers(): Promise<void> {
    const question = {
      heading: t("sessions.end_others.heading"),
      text: t("sessions.end_others.text"),
      label: t("sessions.end_others"),
    };
    if (!(await confirm(this, question))) return;
    if (await this.act("others", () => endOtherLogins(this.transport), t("sessions.others_ended"))) await this.#logins.again();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-settings-sessions": OdinSettingsSessions;
  }
}
