import { LitElement, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import type { Session } from "../../api/types";
import "../../components/icon/icon";
import { account, api, keyboard, signOut } from "../../components/icon/icons";
import "../../components/kit/popover";
import type { OdinPopover } from "../../components/kit/popover";
import "../../components/kit/segmented";
import { t, word } from "../../localize";
import type { Line } from "../../store/line";
import { THEME_CHOICES } from "../../theme/theme";
import type { ThemeChoice } from "../../theme/theme";
import "../app/connection";
import { addressOf, followed } from "../app/place";
import { surroundings } from "../app/surroundings";
import type { Appearance } from "../app/surroundings";
import { initials } from "./initials";
import { styles } from "./styles";

const OWN = { page: "settings", section: "account" } as const;

/**
 * Who is signed in and whether the page is live; behind it how the page looks on this device, the keyboard, where the API
 * is described, and the way out.
 *
 * Properties: `session`, `line`, `count` (printers). Events: `odin-sign-out`, `odin-keys` (the list of keys is wanted).
 */
@customElement("odin-account")
export class OdinAccount extends LitElement {
  static override styles = styles;

  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) line!: Line;
  @property({ type: Number }) count = 0;
  @state() private theme: ThemeChoice | undefined = surroundings().appearance?.choice();
  @query("odin-popover") private readonly popoverElement!: OdinPopover;

  protected override render() {
    const name = this.session.display_name || this.session.name;
    const { appearance } = surroundings();
    return html`
      <odin-popover align="start" .label=${t("account.menu")} @odin-open=${this.#opened}>
        <button slot="anchor" class="who" type="button" title=${t("account.menu")}>
          <span class="avatar" data-phase=${this.line.phase} aria-hidden="true">${initials(name)}</span>
          <span class="words">
            <span class="name clip">${name}</span>
            <odin-connection .line=${this.line} .count=${this.count}></odin-connection>
          </span>
          <span class="short">${t("account.short")}</span>
          <span class="vh">, ${t("account.menu")}</span>
        </button>
        <p class="person">
          <b class="clip">${name}</b>
          <span class="sub">${word("role", this.session.role)}</span>
          <odin-connection .line=${this.line} .count=${this.count}></odin-connection>
        </p>
        ${appearance ? this.#appearance(appearance) : nothing}
        <hr />
        <a class="button plain row" href=${addressOf(OWN)} @click=${this.#followed}>
          <odin-icon .path=${account}></odin-icon>${t("account.own")}
        </a>
        <button class="button plain row" type="button" @click=${this.#asked}>
          <odin-icon .path=${keyboard}></odin-icon>${t("keys.title")}
        </button>
        ${this.#link("api/docs", t("account.swagger"))} ${this.#link("api/redoc", t("account.redoc"))}
        ${this.session.session_id === null ? nothing : this.#signOut()}
      </odin-popover>
    `;
  }

  #appearance(appearance: Appearance) {
    const chosen = (event: CustomEvent<{ value: ThemeChoice }>) => {
      this.theme = event.detail.value;
      appearance.choose(this.theme);
    };
    return html`
      <odin-segmented
        .label=${t("account.theme")}
        .value=${this.theme}
        .options=${THEME_CHOICES.map((value) => ({ value, label: word("theme", value) }))}
        @odin-change=${chosen}
      ></odin-segmented>
    `;
  }

  /** Somebody whom Home Assistant vouches for has no session here to end. */
  #signOut() {
    return html`
      <hr />
      <button class="button plain row" type="button" @click=${this.#left}>
        <odin-icon .path=${signOut}></odin-icon>${t("account.sign_out")}
      </button>
    `;
  }

  #link(path: string, label: string) {
    const address = surroundings().engineAddress(path);
    if (address === undefined) return nothing;
    return html`
      <a class="button plain row" href=${address} target="_blank" rel="noopener">
        <odin-icon .path=${api}></odin-icon>${label}
      </a>
    `;
  }

  /** It may have been chosen elsewhere. */
  readonly #opened = (): void => {
    this.theme = surroundings().appearance?.choice();
  };

  readonly #followed = (event: MouseEvent): void => {
    this.popoverElement.isOpen = false;
    followed(OWN)(event);
  };

  readonly #asked = (): void => {
    this.popoverElement.fold();
    this.dispatchEvent(new CustomEvent("odin-keys"));
  };

  readonly #left = (): void => {
    this.dispatchEvent(new CustomEvent("odin-sign-out"));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-account": OdinAccount;
  }
}
