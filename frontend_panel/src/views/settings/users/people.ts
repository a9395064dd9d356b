import { html, nothing } from "lit";
import { customElement } from "lit/decorators.js";

import { fixRole, readFixedPeople, releaseRole } from "../../../api/people";
import type { FixedPerson, Role } from "../../../api/types";
import "../../../components/kit/press";
import "../../../components/kit/segmented";
import { t, word } from "../../../localize";
import { Asked } from "../../../store/asked";
import { SettingsSection } from "../section";
import { sectionStyles } from "../section-styles";

const ROLES: readonly Role[] = ["admin", "operator", "viewer"];

/** People of Home Assistant whose role is fixed here; nothing where there are none. */
@customElement("odin-settings-people")
export class OdinSettingsPeople extends SettingsSection {
  static override styles = sectionStyles;

  readonly #people = new Asked(this, () => readFixedPeople(this.transport));

  protected override render() {
    const people = this.#people.value;
    if (!this.#people.problem && !people?.length) return nothing;
    return html`
      <section class="card" aria-labelledby="title">
        <div class="card-head">
          <h3 id="title">${t("people.title")}</h3>
          <span class="sub">${t("people.what")}</span>
        </div>
        ${this.answered(this.#people, (all) => html`<ul class="rows">${all.map((person) => this.#row(person))}</ul>`)}
      </section>
    `;
  }

  #row({ id, role }: FixedPerson) {
    return html`
      <li>
        <span class="what mono">${id}</span>
        <div class="end">
          <odin-segmented
            .label=${t("people.role", { id })}
            .value=${role}
            .options=${ROLES.map((value) => ({ value, label: word("role", value) }))}
            @odin-change=${async (event: CustomEvent<{ value: Role }>) => {
              await this.act(id, () => fixRole(this.transport, id, event.detail.value), t("people.fixed"));
              await this.#people.again();
            }}
          ></odin-segmented>
          <button
            class="button"
            type="button"
            @click=${async () => {
              await this.act(id, () => releaseRole(this.transport, id), t("people.released"));
              await this.#people.again();
            }}
          >
            ${t("people.release")}
          </button>
        </div>
        ${this.trouble(id)}
      </li>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-settings-people": OdinSettingsPeople;
  }
}
