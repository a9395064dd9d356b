import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { signIn } from "../../api/identity";
import { ApiError } from "../../api/transport";
import "../../components/banner/banner";
import "../../components/brand/brand";
import { field } from "../../components/field/field";
import { t } from "../../localize";
import type { Services } from "../../services";
import { servicesContext } from "../../services";
import { door } from "../../theme/door";

/**
 * Name and password. What the engine refuses, it says why: wrong, locked, or too many tries.
 *
 * Properties: `hasEnded` (a login that was good before is not any more).
 */
@customElement("odin-sign-in")
export class OdinSignIn extends LitElement {
  static override styles = door;

  @property({ type: Boolean, attribute: "has-ended" }) hasEnded = false;
  @consume({ context: servicesContext }) private readonly services!: Services;
  @state() private values = { name: "", password: "" };
  @state() private refusal: ApiError | undefined;
  @state() private isSending = false;
  @query("#password") private readonly passwordInput!: HTMLInputElement;

  protected override render() {
    return html`
      <header><odin-brand></odin-brand></header>
      <main>
        <h1>${t("sign_in.title")}</h1>
        ${this.#banner()}
        <form novalidate @submit=${this.#submitted}>
          ${field({
            name: "name",
            label: t("sign_in.name"),
            value: this.values.name,
            error: this.refusal?.field("name"),
            autocomplete: "username",
            hasFocus: true,
            onInput: this.#typed,
          })}
          ${field({
            name: "password",
            label: t("sign_in.password"),
            value: this.values.password,
            error: this.refusal?.field("password"),
            type: "password",
            autocomplete: "current-password",
            onInput: this.#typed,
          })}
          <button class="button primary" type="submit" aria-disabled=${this.isSending ? "true" : "false"}>
            ${this.isSending ? t("sign_in.sending") : t("sign_in.submit")}
          </button>
        </form>
        <p class="hint">${t("sign_in.forgotten")} <code>odin user reset-password</code></p>
      </main>
    `;
  }

  #banner() {
    if (this.refusal) return html`<odin-banner kind="failed">${this.refusal.message}</odin-banner>`;
    return this.hasEnded ? html`<odin-banner kind="info">${t("sign_in.ended")}</odin-banner>` : nothing;
  }

  readonly #typed = (name: string, value: string): void => {
    this.values = { ...this.values, [name]: value };
  };

  readonly #submitted = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (this.isSending) return;
    this.isSending = true;
    this.refusal = undefined;
    try {
      this.services.keeper.enter(await signIn(this.services.transport, this.values));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.refusal = error;
      this.passwordInput.select();
    } finally {
      this.isSending = false;
    }
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-sign-in": OdinSignIn;
  }
}
