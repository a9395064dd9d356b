import { LitElement, css, html } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { Session } from "../../api/types";
import "../../components/icon/icon";
import { account, api, signOut } from "../../components/icon/icons";
import "../../components/menu/menu";
import { t, word } from "../../localize";
import { base, buttons } from "../../theme/controls";
import { THEME_CHOICES, chooseTheme, themeChoice } from "../../theme/theme";
import type { ThemeChoice } from "../../theme/theme";

/**
 * Who is signed in, how the page looks on this device, where the API is described, and the way out.
 *
 * Properties: `session`. Events: `odin-sign-out`.
 */
@customElement("odin-account")
export class OdinAccount extends LitElement {
  static override styles = [
    base,
    buttons,
    css`
      .who {
        padding: 8px 12px 10px;
      }

      .who b,
      .who span {
        display: block;
      }

      hr {
        width: 100%;
        margin: 4px 0;
        border: 0;
        border-top: 1px solid var(--o-line);
      }

      .row {
        justify-content: flex-start;
        width: 100%;
        min-height: var(--o-touch);
        padding: 0 12px;
      }

      fieldset {
        display: grid;
        grid-template-columns: repeat(3, 1fr);
        gap: 2px;
        margin: 4px 8px 8px;
        padding: 3px;
        border: 0;
        border-radius: var(--o-r-control);
        background: var(--o-button);
      }

      legend {
        float: left;
        width: 100%;
      }

      .choice {
        position: relative;
        display: grid;
        place-items: center;
        min-height: 38px;
        border-radius: 7px;
        font-size: var(--o-t-b);
        cursor: pointer;
      }

      .choice input {
        position: absolute;
        inset: 0;
        margin: 0;
        opacity: 0;
        cursor: inherit;
      }

      .choice:has(:checked) {
        background: var(--o-card);
        font-weight: var(--o-w-b);
        box-shadow: 0 0 0 1px var(--o-line-strong);
      }

      .choice:has(:focus-visible) {
        box-shadow: var(--o-focus);
      }
    `,
  ];

  @property({ attribute: false }) session!: Session;
  @state() private theme: ThemeChoice = themeChoice();

  protected override render() {
    const { session } = this;
    return html`
      <odin-menu .label=${t("account.menu")} .icon=${account}>
        <p class="who">
          <b class="clip">${session.display_name || session.name}</b>
          <span class="sub">${word("role", session.role)}</span>
        </p>
        <fieldset>
          <legend class="vh">${t("account.theme")}</legend>
          ${THEME_CHOICES.map((choice) => this.#choice(choice))}
        </fieldset>
        <hr />
        ${this.#link("api/docs", t("account.swagger"))} ${this.#link("api/redoc", t("account.redoc"))}
        <hr />
        <button class="button plain row" type="button" @click=${this.#left}>
          <odin-icon .path=${signOut}></odin-icon>${t("account.sign_out")}
        </button>
      </odin-menu>
    `;
  }

  #choice(choice: ThemeChoice) {
    return html`
      <label class="choice">
        <input
          type="radio"
          name="theme"
          .checked=${choice === this.theme}
          @change=${() => {
            this.theme = choice;
            chooseTheme(choice);
          }}
        />
        ${word("theme", choice)}
      </label>
    `;
  }

  #link(path: string, label: string) {
    return html`
      <a class="button plain row" href=${new URL(path, document.baseURI).pathname} target="_blank" rel="noopener">
        <odin-icon .path=${api}></odin-icon>${label}
      </a>
    `;
  }

  readonly #left = (): void => {
    this.dispatchEvent(new CustomEvent("odin-sign-out"));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-account": OdinAccount;
  }
}
