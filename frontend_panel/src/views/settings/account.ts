import { html, nothing } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import { changePassword, readPasswordRules } from "../../api/identity";
import { changeUser, readUsers } from "../../api/people";
import type { ApiError } from "../../api/transport";
import { field } from "../../components/field/field";
import { passwordProblem, repetitionProblem, rulesText } from "../../components/field/new-password";
import "../../components/kit/press";
import { t, word } from "../../localize";
import { Asked } from "../../store/asked";
import { SettingsSection } from "./section";
import { sectionStyles } from "./section-styles";

const NO_PASSWORDS = { current_password: "", password: "", again: "" };

/** The own account: who one is here, the name others see, and another password. */
@customElement("odin-settings-account")
export class OdinSettingsAccount extends SettingsSection {
  static override styles = sectionStyles;

  @state() private values = NO_PASSWORDS;
  /** `undefined` while nobody types: then it is what the session says. */
  @state() private displayName: string | undefined;
  @state() private isTried = false;
  @state() private refusal: ApiError | undefined;
  @state() private nameRefusal: ApiError | undefined;
  @query("[aria-invalid=true]") private readonly firstWrong!: HTMLElement | null;
  readonly #rules = new Asked(this, () => readPasswordRules(this.transport));

  protected override render() {
    return html`${this.#who()} ${this.#password()}`;
  }

  #who() {
    const { session } = this;
    if (!session) return nothing;
    return html`
      <section class="card" aria-labelledby="who">
        <div class="card-head"><h3 id="who">${t("own.who")}</h3></div>
        <form novalidate @submit=${this.#named}>
          <dl class="facts">
            <div><dt>${t("own.name")}</dt><dd>${session.name}</dd></div>
            <div><dt>${t("own.role")}</dt><dd>${word("role", session.role)}</dd></div>
            ${
              this.may("manage:users")
                ? nothing
                : html`<div><dt>${t("own.display_name")}</dt><dd>${session.display_name || t("own.display_name.none")}</dd></div>`
            }
          </dl>
          ${
            this.may("manage:users")
              ? html`
                  ${field({
                    name: "display_name",
                    label: t("own.display_name"),
                    hint: t("own.display_name.hint"),
                    value: this.displayName ?? session.display_name,
                    error: this.nameRefusal?.field("display_name"),
                    autocomplete: "name",
                    isOptional: true,
                    onInput: (_, value) => {
                      this.displayName = value;
                    },
                  })}
                  ${this.#press("name", t("own.save"), this.#named, this.displayName === undefined || this.displayName === session.display_name)}
                `
              : html`<p class="sub">${t("own.by_admin")}</p>`
          }
        </form>
      </section>
    `;
  }

  #password() {
    const { password, again } = this.values;
    const rules = this.#rules.value;
    const sent = (name: string) => this.refusal?.field(name);
    const wrong = (problem: string | undefined) => (this.isTried ? problem : undefined);
    const missing = this.values.current_password === "" ? t("field.required") : undefined;
    return html`
      <section class="card" aria-labelledby="password-title">
        <div class="card-head">
          <h3 id="password-title">${t("own.password")}</h3>
          <span class="sub">${t("own.password.what")}</span>
        </div>
        <form novalidate @submit=${this.#changed}>
          <input name="username" type="text" autocomplete="username" .value=${this.session?.name ?? ""} readonly hidden />
          ${field({ ...this.#secret("current_password", "current-password"), label: t("own.current"), error: wrong(missing) ?? sent("current_password") })}
          ${field({
            ...this.#secret("password", "new-password"),
            label: t("own.new"),
            hint: rules ? rulesText(rules) : undefined,
            error: wrong(passwordProblem(password, rules)) ?? sent("password"),
          })}
          ${field({ ...this.#secret("again", "new-password"), label: t("own.again"), error: wrong(repetitionProblem(password, again)) })}
          ${this.#press("password", t("own.change"), this.#changed, false)}
        </form>
      </section>
    `;
  }

  #secret(name: keyof typeof NO_PASSWORDS, autocomplete: string) {
    return {
      name,
      autocomplete,
      value: this.values[name],
      type: "password" as const,
      onInput: (_: string, value: string) => {
        this.values = { ...this.values, [name]: value };
      },
    };
  }

  #press(key: string, label: string, pressed: (event: Event) => unknown, isUnchanged: boolean) {
    return html`
      <div class="tools">
        <odin-press
          kind="primary"
          .press=${this.presses.of(key)}
          .disabled=${isUnchanged}
          .reason=${t("edit.unchanged")}
          @click=${pressed}
          @odin-forget=${() => {
            this.presses.forget(key);
          }}
          >${label}</odin-press
        >
        <button class="vh" type="submit" tabindex="-1" aria-hidden="true">${label}</button>
      </div>
    `;
  }

  readonly #named = async (event: Event): Promise<void> => {
    event.preventDefault();
    const { session, displayName, transport } = this;
    if (!session || displayName === undefined || displayName === session.display_name) return;
    this.nameRefusal = await this.send("name", async () => {
      // The version to name is the user's, which a session does not tell.
      const own = (await readUsers(transport, session.name)).items.find(({ id }) => id === session.user_id);
      if (own) await changeUser(transport, own.id, { display_name: displayName.trim() }, own.version);
      await this.services.keeper.recheck();
    });
    if (this.nameRefusal) return;
    this.displayName = undefined;
    this.services.toasts.show("done", t("own.saved"));
  };

  readonly #changed = async (event: Event): Promise<void> => {
    event.preventDefault();
    const { current_password, password, again } = this.values;
    this.isTried = true;
    this.refusal = undefined;
    if (current_password === "" || (passwordProblem(password, this.#rules.value) ?? repetitionProblem(password, again))) {
      this.#focusFirstWrong();
      return;
    }
    this.refusal = await this.send("password", async () => {
      await changePassword(this.transport, { current_password, password });
      await this.services.keeper.recheck();
    });
    if (this.refusal) {
      this.#focusFirstWrong();
      return;
    }
    this.values = NO_PASSWORDS;
    this.isTried = false;
    this.services.toasts.show("done", t("own.changed"));
  };

  #focusFirstWrong(): void {
    void this.updateComplete.then(() => {
      this.firstWrong?.focus();
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-settings-account": OdinSettingsAccount;
  }
}
