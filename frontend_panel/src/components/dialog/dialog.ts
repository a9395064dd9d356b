import { LitElement, css, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { t } from "../../localize";
import { base, buttons } from "../../theme/controls";
import "../icon/icon";
import { close } from "../icon/icons";
import { keepClear } from "../kit/bars";
import { Opener } from "../kit/opener";
import "../kit/toasts";

/**
 * A modal question or result; a sheet at the bottom on phones. The browser keeps the focus inside and Escape closes it.
 *
 * Properties: `heading`, `isOpen`. Slots: default, `actions`. Events: `odin-close` (somebody wants it closed).
 */
@customElement("odin-dialog")
export class OdinDialog extends LitElement {
  static override styles = [
    base,
    buttons,
    css`
      dialog {
        width: min(520px, calc(100vw - 32px));
        max-height: min(86dvh, 760px);
        padding: 0;
        overflow: hidden;
        border: 1px solid var(--o-line);
        border-radius: var(--o-r-card);
        background: var(--o-raised);
        box-shadow: var(--o-shadow);
        color: var(--o-text);
      }

      dialog[open] {
        display: flex;
        flex-direction: column;
      }

      dialog::backdrop {
        background: var(--o-scrim);
      }

      .head {
        display: flex;
        gap: var(--o-3);
        align-items: center;
        justify-content: space-between;
        padding: 12px 12px 4px 20px;
      }

      h2:focus-visible {
        box-shadow: none;
      }

      .body {
        display: grid;
        gap: var(--o-3);
        padding: 4px 20px 16px;
        overflow: auto;
      }

      .foot {
        display: flex;
        flex-wrap: wrap;
        gap: var(--o-2);
        justify-content: flex-end;
        padding: 12px 20px max(16px, var(--o-safe-bottom));
        border-top: 1px solid var(--o-line);
      }

      @media (max-width: 699px) {
        dialog {
          width: 100vw;
          max-width: none;
          margin: auto 0 0;
          border-width: 1px 0 0;
          border-radius: var(--o-r-card) var(--o-r-card) 0 0;
        }

        .foot {
          flex-direction: column-reverse;
        }
      }
    `,
  ];

  @property() heading = "";
  @property({ type: Boolean, attribute: "open" }) isOpen = false;
  @state() private hasActions = false;
  @query("dialog") private readonly dialog!: HTMLDialogElement;
  @query("h2") private readonly titleElement!: HTMLElement;
  @query(".foot") private readonly foot!: HTMLElement;
  readonly #opener = new Opener(this);

  constructor() {
    super();
    keepClear(this, "modal", () => (this.isOpen ? this.foot : null));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#opener.focus();
  }

  protected override updated(): void {
    if (this.isOpen === this.dialog.open) return;
    if (this.isOpen) {
      this.#opener.remember();
      this.dialog.showModal();
      // Neither answer: nobody confirms by pressing Enter twice.
      this.titleElement.focus();
    } else {
      this.dialog.close();
      this.#opener.forget();
    }
  }

  protected override render() {
    return html`
      <dialog aria-labelledby="heading" @cancel=${this.#cancelled} @close=${this.#closed}>
        <div class="head">
          <h2 id="heading" tabindex="-1">${this.heading}</h2>
          <button class="button plain icon-only" type="button" aria-label=${t("dialog.close")} @click=${this.#closed}>
            <odin-icon .path=${close}></odin-icon>
          </button>
        </div>
        <div class="body"><slot></slot></div>
        <div class="foot" ?hidden=${!this.hasActions}><slot name="actions" @slotchange=${this.#slotted}></slot></div>
        ${this.isOpen ? html`<odin-toasts in-modal></odin-toasts>` : nothing}
      </dialog>
    `;
  }

  readonly #slotted = (event: Event): void => {
    this.hasActions = (event.currentTarget as HTMLSlotElement).assignedElements().length > 0;
  };

  /** The owner decides: it sets `isOpen`. */
  readonly #cancelled = (event: Event): void => {
    event.preventDefault();
    this.#closed();
  };

  readonly #closed = (): void => {
    if (this.isOpen) this.dispatchEvent(new CustomEvent("odin-close"));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-dialog": OdinDialog;
  }
}
