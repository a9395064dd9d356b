import { css, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { createToken } from "../../../api/tokens";
import type { ApiError } from "../../../api/transport";
import type { CreateToken, IssuedToken, Permissions } from "../../../api/types";
import "../../../components/dialog/dialog";
import { choice, field } from "../../../components/field/field";
import "../../../components/kit/press";
import { plural, t } from "../../../localize";
import { SettingsSection } from "../section";
import { sectionStyles } from "../section-styles";

const ACT_AS = "act-as";
const DAYS = [7, 30, 90, 365] as const;
const DAY_MS = 86_400_000;

type Scope = Permissions["scopes"][number];

/**
 * Makes a token: a name, how long it lasts, and what it may do, each in the engine's words.
 *
 * Properties: `isOpen`, `scopes`. Events: `odin-close`, `odin-done` (`detail`: the token with its secret).
 */
@customElement("odin-token-form")
export class OdinTokenForm extends SettingsSection {
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

      .check code {
        color: var(--o-text-2);
        font: var(--o-t-s) var(--o-mono);
      }

      .check {
        padding: 6px 0;
      }
    `,
  ];

  @property({ type: Boolean, attribute: "open" }) isOpen = false;
  @property({ attribute: false }) scopes: Permissions["scopes"] = [];
  @state() private name = "";
  @state() private days = "90";
  @state() private defaultRole: "operator" | "viewer" = "operator";
  @state() private chosen: ReadonlySet<string> = new Set();
  @state() private isTried = false;
  @state() private refusal: ApiError | undefined;
  @query("[aria-invalid=true]") private readonly firstWrong!: HTMLElement | null;

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has("isOpen") || !this.isOpen) return;
    this.name = "";
    this.days = "90";
    this.defaultRole = "operator";
    this.chosen = new Set();
    this.isTried = false;
    this.refusal = undefined;
    this.presses.forget("create");
  }

  protected override render() {
    const missing = this.isTried && this.name.trim() === "" ? t("field.required") : undefined;
    return html`
      <odin-dialog .isOpen=${this.isOpen} .heading=${t("tokens.add")} @odin-close=${this.#closed}>
        <form novalidate @submit=${this.#created}>
          ${field({
            name: "name",
            label: t("tokens.name"),
            hint: t("tokens.name.hint"),
            value: this.name,
            error: missing ?? this.refusal?.field("name"),
            hasFocus: true,
            onInput: this.#named,
          })}
          ${choice({
            name: "expires_at",
            label: t("tokens.lasts"),
            value: this.days,
            error: this.refusal?.field("expires_at"),
            options: [
              ...DAYS.map((days) => ({ value: String(days), label: plural("tokens.days", days) })),
              { value: "", label: t("tokens.for_ever") },
            ],
            onInput: this.#lasted,
          })}
          ${this.#scopes()}
          ${
            this.chosen.has(ACT_AS)
              ? choice({
                  name: "default_role",
                  label: t("tokens.default_role"),
                  hint: t("tokens.default_role.hint"),
                  value: this.defaultRole,
                  options: [
                    { value: "operator", label: t("role.operator") },
                    { value: "viewer", label: t("role.viewer") },
                  ],
                  onInput: this.#ranked,
                })
              : nothing
          }
          <button class="vh" type="submit" tabindex="-1" aria-hidden="true">${t("tokens.create")}</button>
        </form>
        <button slot="actions" class="button" type="button" @click=${this.#closed}>${t("confirm.no")}</button>
        <odin-press
          slot="actions"
          kind="primary"
          .press=${this.presses.of("create")}
          @click=${this.#created}
          @odin-forget=${() => {
            this.presses.forget("create");
          }}
          >${t("tokens.create")}</odin-press
        >
      </odin-dialog>
    `;
  }

  #scopes() {
    // Nobody can give a program more than he has; a person who manages people may let it act for others.
    const offered = this.scopes.filter(
      ({ scope }) => this.session?.permissions.includes(scope) === true || (scope === ACT_AS && this.may("manage:users")),
    );
    const isMissing = this.isTried && this.chosen.size === 0;
    return html`
      <fieldset aria-describedby="scopes-note">
        <legend>${t("tokens.scopes")}</legend>
        <div id="scopes-note" class="note" aria-live="polite">
          <p class=${isMissing ? "wrong" : "hint"}>${isMissing ? t("tokens.scopes.missing") : t("tokens.scopes.hint")}</p>
        </div>
        ${offered.map((scope) => this.#scope(scope))}
      </fieldset>
    `;
  }

  #scope({ scope, title, description }: Scope) {
    return html`
      <label class="check">
        <input
          type="checkbox"
          .checked=${this.chosen.has(scope)}
          @change=${(event: Event) => {
            const chosen = new Set(this.chosen);
            if ((event.currentTarget as HTMLInputElement).checked) chosen.add(scope);
            else chosen.delete(scope);
            this.chosen = chosen;
          }}
        />
        <span><b>${title}</b> <code>${scope}</code><br /><span class="hint">${description}</span></span>
      </label>
    `;
  }

  readonly #named = (_: string, name: string): void => {
    this.name = name;
  };

  readonly #lasted = (_: string, days: string): void => {
    this.days = days;
  };

  readonly #ranked = (_: string, role: string): void => {
    this.defaultRole = role === "viewer" ? "viewer" : "operator";
  };

  readonly #created = async (event: Event): Promise<void> => {
    event.preventDefault();
    this.isTried = true;
    if (this.name.trim() === "" || this.chosen.size === 0) {
      this.#focusFirstWrong();
      return;
    }
    const body: CreateToken = {
      name: this.name.trim(),
      scopes: [...this.chosen] as CreateToken["scopes"],
      expires_at: this.days === "" ? null : new Date(Date.now() + Number(this.days) * DAY_MS).toISOString(),
      ...(this.chosen.has(ACT_AS) ? { default_role: this.defaultRole } : {}),
    };
    let issued: IssuedToken | undefined;
    this.refusal = await this.send("create", async () => {
      issued = await createToken(this.transport, body);
    });
    if (issued) this.dispatchEvent(new CustomEvent("odin-done", { detail: issued }));
    else this.#focusFirstWrong();
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
    "odin-token-form": OdinTokenForm;
  }
}
