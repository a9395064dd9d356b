import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import { completeSetup, readPasswordRules } from "../../api/identity";
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

const SETUP_DONE = "setup_done";
const CODE_REFUSED = "setup_refused";

/** The first start: whoever can read the engine's output becomes the first administrator. */
@customElement("odin-setup")
export class OdinSetup extends LitElement {
  static override styles = door;

  @consume({ context: servicesContext }) private readonly services!: Services;
  @state() private values = { code: "", name: "", password: "", again: "" };
  @state() private refusal: ApiError | undefined;
  /** The passwords were sent once: from now on what is wrong shows while typing. */
  @state() private isTried = false;
  @state() private isSending = false;
  @state() private rules: PasswordRules | undefined;
  @query("[aria-invalid=true]") private readonly firstWrong!: HTMLElement | null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#readRules();
  }

  protected override render() {
    const sentField = (name: string) => this.refusal?.field(name);
    return html`
      <header><odin-brand></odin-brand></header>
      <main>
        <div class="intro">
          <h1>${t("setup.title")}</h1>
          <p class="sub">${t("setup.intro")}</p>
        </div>
        ${this.#banner()}
        <form novalidate @submit=${this.#submitted}>
          ${field({
            name: "code",
            label: t("setup.code"),
            value: this.values.code,
            hint: t("setup.code.hint"),
            error: sentField("code") ?? (this.#isCodeRefused() ? this.refusal?.message : undefined),
            autocomplete: "one-time-code",
            isCode: true,
            hasFocus: true,
            onInput: this.#typed,
          })}
          ${field({
            name: "name",
            label: t("setup.name"),
            value: this.values.name,
            hint: t("setup.name.hint"),
            error: sentField("name"),
            autocomplete: "username",
            onInput: this.#typed,
          })}
          ${field({
            name: "password",
            label: t("setup.password"),
            value: this.values.password,
            hint: this.rules ? rulesText(this.rules) : undefined,
            error: this.isTried ? (passwordProblem(this.values.password, this.rules) ?? sentField("password")) : undefined,
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
            ${this.isSending ? t("setup.sending") : t("setup.submit")}
          </button>
        </form>
      </main>
    `;
  }

  #banner() {
    const { refusal } = this;
    if (!refusal || this.#isCodeRefused() || (refusal.problem?.errors?.length ?? 0) > 0) return nothing;
    return html`<odin-banner kind="failed">${refusal.message}</odin-banner>`;
  }

  #isCodeRefused(): boolean {
    return this.refusal?.problem?.code === CODE_REFUSED;
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
    if (this.isSending) return;
    this.isTried = true;
    this.refusal = undefined;
    if (passwordProblem(this.values.password, this.rules) ?? repetitionProblem(this.values.password, this.values.again)) {
      this.#focusFirstError();
      return;
    }
    this.isSending = true;
    try {
      const { code, name, password } = this.values;
      this.services.keeper.enter(await completeSetup(this.services.transport, { code, name, password }));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.problem?.code === SETUP_DONE) this.services.store.dispatch({ type: "session/signed_out" });
      this.refusal = error;
      this.#focusFirstError();
    } finally {
      this.isSending = false;
    }
  };

  #focusFirstError(): void {
    void this.updateComplete.then(() => {
      this.firstWrong?.focus();
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-setup": OdinSetup;
  }
}
