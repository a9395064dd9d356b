import { html, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";

import { readPermissions, readTokens, revokeToken } from "../../../api/tokens";
import type { IssuedToken, Token } from "../../../api/types";
import "../../../components/dialog/dialog";
import { key, plus } from "../../../components/icon/icons";
import { confirm } from "../../../components/kit/confirm";
import "../../../components/kit/empty";
import "../../../components/kit/segmented";
import "../../../components/kit/time";
import "../../../components/secret/secret";
import { plural, t } from "../../../localize";
import { clock, relative } from "../../../localize/format";
import { Asked } from "../../../store/asked";
import { SettingsSection } from "../section";
import { sectionStyles } from "../section-styles";
import "./token-form";

/** Keys for programs: what each may do, when it was last used, and taking it away. */
@customElement("odin-settings-tokens")
export class OdinSettingsTokens extends SettingsSection {
  static override styles = sectionStyles;

  @state() private isCreating = false;
  @state() private issued: IssuedToken | undefined;
  @state() private whose: "own" | "all" = "own";
  readonly #tokens = new Asked(this, () => readTokens(this.transport, this.whose === "all"));
  readonly #permissions = new Asked(this, () => readPermissions(this.transport));

  protected override render() {
    return html`
      <section class="card" aria-label=${t("settings.tokens")}>
        <div class="card-head">
          ${this.may("manage:users") ? this.#filter() : nothing}
          <button
            class="button primary end"
            type="button"
            @click=${this.#asked}
          >
            <odin-icon .path=${plus}></odin-icon>${t("tokens.add")}
          </button>
        </div>
        ${this.answered(this.#tokens, ({ items, total }) =>
          items.length === 0
            ? html`<odin-empty small .icon=${key} .heading=${t("tokens.none")}>${t("tokens.none.what")}</odin-empty>`
            : html`
                <ul class="rows">
                  ${items.map((token) => this.#row(token))}
                </ul>
                ${total > items.length ? html`<p class="sub">${plural("tokens.first", items.length)}</p>` : nothing}
              `,
        )}
      </section>
      <odin-token-form
        .isOpen=${this.isCreating}
        .scopes=${this.#permissions.value?.scopes ?? []}
        @odin-done=${this.#created}
        @odin-close=${this.#closed}
      ></odin-token-form>
      ${this.#secretDialog()}
    `;
  }

  #filter() {
    return html`
      <odin-segmented
        .label=${t("tokens.whose")}
        .value=${this.whose}
        .options=${[
          { value: "own", label: t("tokens.own") },
          { value: "all", label: t("tokens.all") },
        ]}
        @odin-change=${(event: CustomEvent<{ value: "own" | "all" }>) => {
          this.whose = event.detail.value;
          void this.#tokens.again();
        }}
      ></odin-segmented>
    `;
  }

  #row(token: Token) {
    const now = new Date();
    const end = token.expires_at === null ? null : new Date(token.expires_at);
    const isOver = end !== null && end <= now;
    return html`
      <li>
        <div class="what">
          <b>${token.name}</b> <span class="mono sub">${token.prefix}…</span>
          ${token.user_id === this.session?.user_id ? nothing : html`<span class="mark">${t("tokens.others")}</span>`}
          ${isOver ? html`<span class="mark warn">${t("tokens.over")}</span>` : nothing}
          <p>${token.scopes.map((scope) => this.#title(scope)).join(", ")}</p>
          <p>
            ${
              token.last_used_at === null
                ? t("tokens.unused")
                : html`${t("tokens.used")} <odin-time .at=${token.last_used_at}></odin-time>`
            }
            · ${end === null ? t("tokens.for_ever") : isOver ? clock(end, now) : t("tokens.until", { when: relative(end, now) })}
          </p>
        </div>
        <div class="end">
          <button class="button outline-danger" type="button" @click=${() => void this.#revoke(token)}>${t("tokens.revoke")}</button>
        </div>
        ${this.trouble(token.id)}
      </li>
    `;
  }

  #title(scope: string): string {
    return this.#permissions.value?.scopes.find((each) => each.scope === scope)?.title ?? scope;
  }

  #secretDialog() {
    const { issued } = this;
    const close = () => {
      this.issued = undefined;
    };
    const example = `curl -H "Authorization: Bearer ${issued?.token ?? ""}" ${new URL("api/v1/auth/session", document.baseURI).href}`;
    return html`
      <odin-dialog .isOpen=${issued !== undefined} .heading=${t("tokens.secret.heading", { name: issued?.name ?? "" })} @odin-close=${close}>
        <p>${t("tokens.secret.text")}</p>
        <odin-secret .label=${t("tokens.secret.label")} .value=${issued?.token ?? ""}></odin-secret>
        <odin-secret .label=${t("tokens.secret.try")} .value=${example}></odin-secret>
        <button slot="actions" class="button primary" type="button" @click=${close}>${t("secret.done")}</button>
      </odin-dialog>
    `;
  }

  async #revoke(token: Token): Promise<void> {
    const { id, name } = token;
    const question = {
      heading: t("tokens.revoke.heading", { name }),
      text: t("tokens.revoke.text"),
      label: t("tokens.revoke"),
      isDangerous: true,
    };
    if (!(await confirm(this, question))) return;
    if (await this.act(id, () => revokeToken(this.transport, id), t("tokens.revoked", { name }))) await this.#tokens.again();
  }

  readonly #asked = (): void => {
    this.isCreating = true;
  };

  readonly #closed = (): void => {
    this.isCreating = false;
  };

  readonly #created = (event: CustomEvent<IssuedToken>): void => {
    this.isCreating = false;
    this.issued = event.detail;
    void this.#tokens.again();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-settings-tokens": OdinSettingsTokens;
  }
}
