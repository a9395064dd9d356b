import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { changePassword, readPasswordRules, readSession } from "../../api/identity";
import type { PasswordRules } from "../../api/types";
import { ApiError } from "../../api/transport";
import "../../components/banner/banner";
import "../../components/brand/brand";
import { field } from "../../components/field/field";
import { passwordProblem, repetitionProblem, rulesText } from "../../components/field/new-password";
import { t } from "../../localize";
import type { Services } from "../../services";
import { servicesContext } from "../../services";
import { door } from "../../theme/door";

/**
 * Whoever was given a password by somebody else first chooses an own one.
 *
 * Properties: `name` (whose password it is; password managers ask).
 */
@customElement("odin-new-password")
export class OdinNewPassword extends LitElement {
  static override styles = door;

  @property() name = "";
  @consume({ context: servicesContext }) private readonly services!: Services;
  @state() private values = { current: "", password: "", again: "" };
  @state() private refusal: ApiError | undefined;
  @state() private isTried = false;
  @state() private isSending = false;
  @state() private rules: PasswordRules | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#readRules();
  }

  protected override render() {
    return html`
      <header><odin-brand></odin-brand></header>
      <main>
        <div class="intro">
          <h1>${t("new_password.title")}</h1>
          <p class="sub">${t("new_password.intro")}</p>
        </div>
        ${this.refusal ? html`<odin-banner kind="failed">${this.refusal.message}</odin-banner>` : nothing}
        <form novalidate @submit=${this.#submitted}>
          <input name="username" type="text" autocomplete="username" .value=${this.name} readonly hidden />
          ${field({
            name: "current",
            label: t("new_password.current"),
            value: this.values.current,
            error: this.refusal?.field("current_password"),
            type: "password",
            autocomplete: "current-password",
            hasFocus: true,
            onInput: this.#typed,
          })}
          ${field({
            name: "password",
            label: t("new_password.password"),
            value: this.values.password,
            hint: this.rules ? rulesText(this.rules) : undefined,
            error: this.isTried ? (passwordProblem(this.values.password, this.rules) ?? this.refusal?.field("password")) : undefined,
            type: "password",
            autocomplete: "new-password",
            onInput: this.#typed,
          })}
          ${field({
            name: "again",
            label: t("setup.again"),
            value: this.values.again,
            error: this.isTried ? repetitionProblem(this.values.password, this.values.again) : undefined,
            type: "password",
            autocomplete: "new-password",
            onInput: this.#typed,
          })}
          <button class="button primary" type="submit" aria-disabled=${this.isSending ? "true" : "false"}>
            ${t("new_password.submit")}
          </button>
        </form>
      </main>
    `;
  }

  async #readRules(): Promise<void> {
    try {
      this.rules = await readPasswordRules(this.services.transport);
    } catch (error) {
      // Then the engine judges what is sent.
      if (!(error instanceof ApiError)) throw error;
    }
  }

  readonly #typed = (name: string, value: string): void => {
    this.values = { ...this.values, [name]: value };
  };

  readonly #submitted = async (event: Event): Promise<void> => {
    event.preventDefault();
    this.isTried = true;
    this.refusal = undefined;
    if (this.isSending || (passwordProblem(this.values.password, this.rules) ?? repetitionProblem(this.values.password, this.values.again))) return;
    this.isSending = true;
    const { transport, keeper } = this.services;
    try {
      await changePassword(transport, { current_password: this.values.current, password: this.values.password });
      const session = await readSession(transport);
      if (session) keeper.enter(session);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.refusal = error;
    } finally {
      this.isSending = false;
    }
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-new-password": OdinNewPassword;
  }
}
