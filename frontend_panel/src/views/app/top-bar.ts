import { LitElement, css, html } from "lit";
import { customElement, property } from "lit/decorators.js";

import "../../components/icon/icon";
import { search } from "../../components/icon/icons";
import { t } from "../../localize";
import { base, buttons } from "../../theme/controls";
import type { Crumb } from "./pages";
import { SEARCH_ALWAYS } from "./keymap";
import { addressOf, followed } from "./place";
import { surroundings } from "./surroundings";

/**
 * Where one is, and what is wanted from everywhere: the search field, the bell, the emergency stop.
 *
 * Properties: `crumbs`. Slots: `before` and `beside` (of the name of the page), default (after the search field). Events: `odin-search`.
 */
@customElement("odin-top-bar")
export class OdinTopBar extends LitElement {
  static override styles = [
    base,
    buttons,
    css`
      :host {
        position: sticky;
        top: 0;
        z-index: 11;
        display: block;
      }

      header {
        display: flex;
        gap: var(--o-2);
        align-items: center;
        min-height: 60px;
        padding: max(8px, var(--o-safe-top)) max(var(--o-6), var(--o-safe-right)) 8px var(--o-6);
        border-bottom: 1px solid var(--o-line);
        background: var(--o-page);
      }

      h1 {
        display: flex;
        flex: 0 1 auto;
        gap: 6px;
        min-width: 0;
      }

      slot[name="beside"] {
        display: block;
        flex: 1 1 0;
        min-width: 0;
      }

      h1 a {
        flex: none;
        color: var(--o-text-2);
        font-weight: var(--o-w-n);
        text-decoration: none;
      }

      h1 a:hover {
        color: var(--o-text);
        text-decoration: underline;
      }

      h1 i {
        color: var(--o-text-2);
        font-style: normal;
        font-weight: var(--o-w-n);
      }

      .field {
        justify-content: flex-start;
        width: min(280px, 28vw);
        margin-right: var(--o-1);
        border-color: var(--o-line);
        border-radius: var(--o-r-pill);
        background: var(--o-card);
        color: var(--o-text-2);
        font-size: var(--o-t-b);
        font-weight: var(--o-w-n);
        --icon-size: 18px;
      }

      .field span {
        flex: 1;
        text-align: start;
      }

      kbd {
        padding: 2px 6px;
        border: 1px solid var(--o-line);
        border-radius: 5px;
        font: 11px var(--o-font);
      }

      .small {
        display: none;
      }

      @container (max-width: 899px) {
        .field {
          display: none;
        }

        .small {
          display: inline-flex;
        }
      }

      @container (max-width: 699px) {
        header {
          gap: 2px;
          min-height: 56px;
          padding: max(6px, var(--o-safe-top)) 12px 6px;
        }
      }

      @media (hover: none) {
        kbd {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) crumbs: readonly Crumb[] = [];

  protected override render() {
    const { foreignKeys } = surroundings();
    return html`
      <header>
        <slot name="before"></slot>
        <h1>
          ${this.crumbs.map(({ label, place }) =>
            place
              ? html`<a href=${addressOf(place)} @click=${followed(place)}>${label}</a><i aria-hidden="true">/</i>`
              : html`<span class="clip">${label}</span>`,
          )}
        </h1>
        <slot name="beside"></slot>
        <button class="button field" type="button" aria-haspopup="dialog" @click=${this.#asked}>
          <odin-icon .path=${search}></odin-icon><span class="clip">${t("search.placeholder")}</span>
          <kbd aria-hidden="true">${foreignKeys.includes(SEARCH_ALWAYS) ? "/" : `${t("keys.ctrl")} K`}</kbd>
        </button>
        <button
          class="button plain icon-only small"
          type="button"
          aria-haspopup="dialog"
          aria-label=${t("search.title")}
          @click=${this.#asked}
        >
          <odin-icon .path=${search}></odin-icon>
        </button>
        <slot></slot>
      </header>
    `;
  }

  readonly #asked = (): void => {
    this.dispatchEvent(new CustomEvent("odin-search"));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-top-bar": OdinTopBar;
  }
}
