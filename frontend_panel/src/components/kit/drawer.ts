import { LitElement, css, html, nothing } from "lit";
import { customElement, property, query } from "lit/decorators.js";

import { t } from "../../localize";
import { base, buttons } from "../../theme/controls";
import "../icon/icon";
import { close } from "../icon/icons";
import { Opener } from "./opener";
import "./toasts";

/**
 * A panel over the right side of the page, a full sheet on phones. The browser keeps the focus inside; Escape and a press
 * beside it ask for it to be closed.
 *
 * Properties: `isOpen` (attribute `open`), `heading`. Slots: default, `title` (instead of the heading's text), `actions`
 * (beside the title), `footer`. Events: `odin-close`. CSS: `--drawer-width`.
 */
@customElement("odin-drawer")
export class OdinDrawer extends LitElement {
  static override styles = [
    base,
    buttons,
    css`
      dialog {
        width: min(var(--drawer-width, 480px), 100vw);
        height: 100dvh;
        max-width: none;
        max-height: none;
        margin: 0 0 0 auto;
        padding: 0;
        overflow: hidden;
        border: 0;
        border-left: 1px solid var(--o-line);
        background: var(--o-page);
        box-shadow: var(--o-shadow);
        color: var(--o-text);
      }

      dialog[open] {
        display: flex;
        flex-direction: column;
        animation: in var(--o-mid) ease-out;
      }

      dialog::backdrop {
        background: var(--o-scrim);
      }

      @keyframes in {
        from {
          translate: 24px 0;
          opacity: 0;
        }
      }

      .head {
        display: flex;
        flex: none;
        gap: var(--o-2);
        align-items: center;
        min-height: 60px;
        padding: max(8px, var(--o-safe-top)) 12px 8px 20px;
        border-bottom: 1px solid var(--o-line);
      }

      h2 {
        flex: 1;
        min-width: 0;
      }

      h2:focus-visible {
        box-shadow: none;
      }

      .body {
        flex: 1;
        min-height: 0;
        padding: var(--o-4) 20px max(var(--o-5), var(--o-safe-bottom));
        overflow: hidden auto;
        overscroll-behavior: contain;
      }

      @media (max-width: 699px) {
        dialog {
          width: 100vw;
          border: 0;
        }

        .head {
          padding-left: 12px;
        }

        .body {
          padding: 12px 12px max(var(--o-5), var(--o-safe-bottom));
        }
      }

      @media (prefers-reduced-motion: reduce) {
        dialog[open] {
          animation: none;
        }
      }
    `,
  ];

  @property() heading = "";
  @property({ type: Boolean, attribute: "open" }) isOpen = false;
  @query("dialog") private readonly dialog!: HTMLDialogElement;
  @query("h2") private readonly titleElement!: HTMLElement;
  readonly #opener = new Opener(this);

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#opener.focus();
  }

  protected override updated(): void {
    if (this.isOpen === this.dialog.open) return;
    if (this.isOpen) {
      this.#opener.remember();
      this.dialog.showModal();
      this.titleElement.focus();
    } else {
      this.dialog.close();
      this.#opener.forget();
    }
  }

  protected override render() {
    return html`
      <dialog aria-labelledby="heading" @cancel=${this.#cancelled} @close=${this.#asked} @pointerdown=${this.#pressed}>
        <div class="head">
          <h2 id="heading" class="clip" tabindex="-1"><slot name="title">${this.heading}</slot></h2>
          <slot name="actions"></slot>
          <button class="button plain icon-only" type="button" aria-label=${t("dialog.close")} @click=${this.#asked}>
            <odin-icon .path=${close}></odin-icon>
          </button>
        </div>
        <div class="body"><slot></slot></div>
        <slot name="footer"></slot>
        ${this.isOpen ? html`<odin-toasts in-modal></odin-toasts>` : nothing}
      </dialog>
    `;
  }

  /** The owner decides: it sets `isOpen`. */
  readonly #cancelled = (event: Event): void => {
    if (event.target !== this.dialog) return;
    event.preventDefault();
    this.#asked();
  };

  /** A press on the backdrop has the dialog itself as its target, outside its box. */
  readonly #pressed = (event: PointerEvent): void => {
    if (event.target === this.dialog && event.clientX < this.dialog.getBoundingClientRect().left) this.#asked();
  };

  readonly #asked = (): void => {
    if (this.isOpen) this.dispatchEvent(new CustomEvent("odin-close"));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-drawer": OdinDrawer;
  }
}
