import { html, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";

import { changeUser, readUsers, removeUser, resetPassword } from "../../../api/people";
import { readPermissions } from "../../../api/tokens";
import type { User } from "../../../api/types";
import "../../../components/dialog/dialog";
import { bin, edit, key, lock, plus, power } from "../../../components/icon/icons";
import { confirm } from "../../../components/kit/confirm";
import "../../../components/kit/time";
import "../../../components/menu/menu";
import type { MenuItem } from "../../../components/menu/menu";
import "../../../components/secret/secret";
import { plural, t, word } from "../../../localize";
import { clock } from "../../../localize/format";
import { Asked } from "../../../store/asked";
import { SettingsSection } from "../section";
import { sectionStyles } from "../section-styles";
import "./people";
import "./user-form";

/** Who may sign in: their roles, new passwords, and closing an account. */
@customElement("odin-settings-users")
export class OdinSettingsUsers extends SettingsSection {
  static override styles = sectionStyles;

  /** `null` is a user to be. */
  @state() private editing: User | null | undefined;
  @state() private secret: { readonly name: string; readonly password: string } | undefined;
  readonly #users = new Asked(this, () => readUsers(this.transport, ""));
  readonly #permissions = new Asked(this, () => readPermissions(this.transport));

  protected override render() {
    return html`
      <section class="card" aria-label=${t("settings.users")}>
        ${this.answered(
          this.#users,
          ({ items, total }) => html`
            <div class="card-head">
              <span class="sub">${plural("users.count", total)}</span>
              <button
                class="button primary end"
                type="button"
                @click=${this.#asked}
              >
                <odin-icon .path=${plus}></odin-icon>${t("users.add")}
              </button>
            </div>
            <ul class="rows">
              ${items.map((user) => this.#row(user))}
            </ul>
            ${total > items.length ? html`<p class="sub">${t("users.first", { count: items.length })}</p>` : nothing}
          `,
        )}
      </section>
      <odin-settings-people></odin-settings-people>
      <odin-user-form
        .isOpen=${this.editing !== undefined}
        .user=${this.editing ?? undefined}
        .roles=${this.#permissions.value?.roles ?? []}
        @odin-done=${this.#done}
        @odin-close=${this.#closed}
      ></odin-user-form>
      ${this.#secretDialog()}
    `;
  }

  #row(user: User) {
    const isSelf = user.id === this.session?.user_id;
    return html`
      <li>
        <div class="what">
          <b>${user.display_name || user.name}</b> ${isSelf ? html`<span class="mark own">${t("users.you")}</span>` : nothing}
          ${user.is_active ? nothing : html`<span class="mark warn">${t("users.closed")}</span>`}
          ${
            user.locked_until === null
              ? nothing
              : html`<span class="mark warn"><odin-icon .path=${lock}></odin-icon>${t("users.locked", { until: clock(new Date(user.locked_until), new Date()) })}</span>`
          }
          ${user.must_change_password ? html`<span class="mark">${t("users.must_change")}</span>` : nothing}
          <p>
            ${user.display_name ? `${user.name} · ` : nothing}${word("role", user.role)} ·
            ${user.last_login_at === null ? t("users.never") : html`${t("users.last")} <odin-time .at=${user.last_login_at}></odin-time>`}
          </p>
        </div>
        <div class="end">
          <odin-menu
            .label=${t("users.more", { name: user.name })}
            .items=${this.#items(user, isSelf)}
            @odin-select=${(event: CustomEvent<{ value: string }>) => {
              void this.#do(event.detail.value, user);
            }}
          ></odin-menu>
        </div>
        ${this.trouble(user.id)}
      </li>
    `;
  }

  #items(user: User, isSelf: boolean): readonly MenuItem[] {
    return [
      { id: "edit", label: t("users.edit"), icon: edit },
      { id: "reset", label: t("users.reset"), icon: key, ...(isSelf ? { reason: t("users.reset.self") } : {}) },
      { id: "close", label: user.is_active ? t("users.close") : t("users.open"), icon: power },
      { id: "remove", label: t("users.remove"), icon: bin, isDangerous: true },
    ];
  }

  #secretDialog() {
    const { secret } = this;
    return html`
      <odin-dialog
        .isOpen=${secret !== undefined}
        .heading=${t("users.secret.heading", { name: secret?.name ?? "" })}
        @odin-close=${() => {
          this.secret = undefined;
        }}
      >
        <p>${t("users.secret.text")}</p>
        <odin-secret .label=${t("users.secret.label")} .value=${secret?.password ?? ""}></odin-secret>
        <button
          slot="actions"
          class="button primary"
          type="button"
          @click=${() => {
            this.secret = undefined;
          }}
        >
          ${t("secret.done")}
        </button>
      </odin-dialog>
    `;
  }

  async #do(deed: string, user: User): Promise<void> {
    const { id, name, version } = user;
    const isSelf = id === this.session?.user_id;
    switch (deed) {
      case "edit":
        this.editing = user;
        return;
      case "reset":
        if (!(await confirm(this, question("reset", name, false)))) return;
        await this.presses.press(id, async () => {
          this.secret = { name, password: await resetPassword(this.transport, id) };
        });
        break;
      case "close": {
        const is_active = !user.is_active;
        if (!is_active && !(await confirm(this, question("close", name, isSelf)))) return;
        const done = t(is_active ? "users.opened" : "users.is_closed", { name });
        await this.act(id, () => changeUser(this.transport, id, { is_active }, version), done);
        break;
      }
      case "remove":
        if (!(await confirm(this, { ...question("remove", name, isSelf), isDangerous: true }))) return;
        await this.act(id, () => removeUser(this.transport, id), t("users.removed", { name }));
        break;
    }
    // Whoever closed the own account is nobody from now on.
    if (isSelf) await this.services.keeper.recheck();
    else await this.#users.again();
  }

  /** A user was made or changed; `password` is one that was made up. */
  readonly #done = (event: CustomEvent<{ name: string; password: string }>): void => {
    this.editing = undefined;
    if (event.detail.password !== "") this.secret = event.detail;
    else this.services.toasts.show("done", t("users.saved", { name: event.detail.name }));
    void this.#users.again();
  };

  readonly #asked = (): void => {
    this.editing = null;
  };

  readonly #closed = (): void => {
    this.editing = undefined;
  };
}

function question(deed: "reset" | "close" | "remove", name: string, isSelf: boolean) {
  return {
    heading: t(`users.${deed}.heading`, { name }),
    text: isSelf ? `${t(`users.${deed}.text`)} ${t("users.self")}` : t(`users.${deed}.text`),
    label: t(`users.${deed}`),
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-settings-users": OdinSettingsUsers;
  }
}
