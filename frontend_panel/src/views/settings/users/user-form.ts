import { css, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { readPasswordRules } from "../../../api/identity";
import { changeUser, createUser } from "../../../api/people";
import type { ApiError } from "../../../api/transport";
import type { Permissions, Role, User } from "../../../api/types";
import "../../../components/dialog/dialog";
import { field } from "../../../components/field/field";
import { passwordProblem } from "../../../components/field/new-password";
import "../../../components/kit/press";
import { t } from "../../../localize";
import { Asked } from "../../../store/asked";
import { SettingsSection } from "../section";
import { sectionStyles } from "../section-styles";
import { madeUpPassword } from "./made-up";

const EMPTY = { name: "", display_name: "", role: "operator" as Role, password: "" };

/**
 * Makes a user, or changes one: names and role. A new one without a password gets one made up.
 *
 * Properties: `isOpen`, `user` (`undefined` is a new one), `roles` (in the engine's words). Events: `odin-close`,
 * `odin-done` (`detail`: `name`, and `password` where one was made up).
 */
@customElement("odin-user-form")
export class OdinUserForm extends SettingsSection {
  static override styles = [
    ...sectionStyles,
    css`
      fieldset {
        min-width: 0;
        margin: 0;
        padding: 0;
        border: 0;
      }

      legend {
        padding: 0;
        font-size: var(--o-t-b);
        font-weight: var(--o-w-b);
      }
    `,
  ];

  @property({ type: Boolean, attribute: "open" }) isOpen = false;
  @property({ attribute: false }) user: User | undefined;
  @property({ attribute: false }) roles: Permissions["roles"] = [];
  @state() private values = EMPTY;
  @state() private refusal: ApiError | undefined;
  @state() private isTried = false;
  @query("[aria-invalid=true]") private readonly firstWrong!: HTMLElement | null;
  readonly #rules = new Asked(this, () => readPasswordRules(this.transport));

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has("isOpen") || !this.isOpen) return;
    const { user } = this;
    this.values = user ? { name: user.name, display_name: user.display_name, role: user.role, password: "" } : EMPTY;
    this.refusal = undefined;
    this.isTried = false;
    this.presses.forget("save");
  }

  protected override render() {
    const heading = this.user ? t("users.edit.heading", { name: this.user.name }) : t("users.add");
    return html`
      <odin-dialog .isOpen=${this.isOpen} .heading=${heading} @odin-close=${this.#closed}>
        <form novalidate @submit=${this.#saved}>
          ${field({ ...this.#text("name"), label: t("users.name"), hint: t("users.name.hint"), hasFocus: true })}
          ${field({ ...this.#text("display_name"), label: t("users.display_name"), hint: t("users.display_name.hint"), isOptional: true })}
          ${this.#role()}
          ${
            this.user
              ? nothing
              : field({ ...this.#text("password"), label: t("users.password"), hint: t("users.password.hint"), isOptional: true, isCode: true })
          }
          <button class="vh" type="submit" tabindex="-1" aria-hidden="true">${t("users.save")}</button>
        </form>
        <button slot="actions" class="button" type="button" @click=${this.#closed}>${t("confirm.no")}</button>
        <odin-press
          slot="actions"
          kind="primary"
          .press=${this.presses.of("save")}
          @click=${this.#saved}
          @odin-forget=${() => {
            this.presses.forget("save");
          }}
          >${this.user ? t("users.save") : t("users.create")}</odin-press
        >
      </odin-dialog>
    `;
  }

  #text(name: "name" | "display_name" | "password") {
    return { name, value: this.values[name], error: this.#problem(name) ?? this.refusal?.field(name), onInput: this.#typed };
  }

  #problem(name: string): string | undefined {
    if (!this.isTried) return undefined;
    if (name === "name" && this.values.name.trim() === "") return t("field.required");
    if (name !== "password" || this.values.password === "") return undefined;
    return passwordProblem(this.values.password, this.#rules.value);
  }

  #role() {
    return html`
      <fieldset>
        <legend>${t("users.role")}</legend>
        ${this.roles.map(
          ({ role, title, description }) => html`
            <label class="check">
              <input
                type="radio"
                name="role"
                .value=${role}
                .checked=${role === this.values.role}
                @change=${() => {
                  this.values = { ...this.values, role };
                }}
              />
              <span><b>${title}</b><br /><span class="hint">${description}</span></span>
            </label>
          `,
        )}
      </fieldset>
    `;
  }

  readonly #typed = (name: string, value: string): void => {
    this.values = { ...this.values, [name]: value };
  };

  readonly #saved = async (event: Event): Promise<void> => {
    event.preventDefault();
    this.isTried = true;
    this.refusal = undefined;
    if (this.#problem("name") ?? this.#problem("password")) {
      this.#focusFirstWrong();
      return;
    }
    const { user, transport } = this;
    const { password: typed, ...rest } = this.values;
    const password = user || typed !== "" ? "" : madeUpPassword();
    this.refusal = await this.send("save", () =>
      user ? changeUser(transport, user.id, rest, user.version) : createUser(transport, { ...rest, password: typed || password }),
    );
    if (this.refusal) this.#focusFirstWrong();
    else this.dispatchEvent(new CustomEvent("odin-done", { detail: { name: rest.name.trim(), password } }));
  };

  #focusFirstWrong(): void {
    void this.updateComplete.then(() => {
      this.firstWrong?.focus();
    });
  }

  readonly #closed = (): void => {
    this.dispatchEvent(new CustomEvent("odin-close"));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-user-form": OdinUserForm;
  }
}
