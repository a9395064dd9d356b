import { LitElement, css, html } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { base, buttons } from "../../theme/controls";
import "../icon/icon";

/**
 * A button that unfolds a small sheet of links and choices under it. Escape, a press elsewhere, or leaving it with Tab
 * folds it again.
 *
 * Properties: `label` (for who cannot see the icon), `icon` (path). Slots: default (the sheet). Methods: `fold()`.
 */
@customElement("odin-menu")
export class OdinMenu extends LitElement {
  static override styles = [
    base,
    buttons,
    css`
      :host {
        position: relative;
        display: inline-block;
      }

      .sheet {
        position: absolute;
        top: calc(100% + 8px);
        right: 0;
        z-index: 20;
        display: grid;
        width: max-content;
        min-width: 232px;
        max-width: calc(100vw - 24px);
        padding: 8px;
        border: 1px solid var(--o-line);
        border-radius: var(--o-r-card);
        background: var(--o-raised);
        box-shadow: var(--o-shadow);
      }
    `,
  ];

  @property() label = "";
  @property({ attribute: false }) icon = "";
  @state() private isUnfolded = false;
  @query("button") private readonly button!: HTMLButtonElement;

  /** Folds the sheet and gives the focus back to the button. */
  fold(): void {
    if (!this.isUnfolded) return;
    this.isUnfolded = false;
    this.button.focus();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("pointerdown", this.#pressed);
    this.addEventListener("keydown", this.#typed);
    this.addEventListener("focusout", this.#left);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("pointerdown", this.#pressed);
    this.removeEventListener("keydown", this.#typed);
    this.removeEventListener("focusout", this.#left);
  }

  protected override render() {
    return html`
      <button
        class="button plain icon-only"
        type="button"
        aria-label=${this.label}
        title=${this.label}
        aria-expanded=${this.isUnfolded ? "true" : "false"}
        aria-controls="sheet"
        @click=${this.#toggled}
      >
        <odin-icon .path=${this.icon}></odin-icon>
      </button>
      <div id="sheet" class="sheet" ?hidden=${!this.isUnfolded}><slot></slot></div>
    `;
  }

  readonly #toggled = (): void => {
    this.isUnfolded = !this.isUnfolded;
  };

  readonly #pressed = (event: Event): void => {
    if (!event.composedPath().includes(this)) this.isUnfolded = false;
  };

  readonly #typed = (event: KeyboardEvent): void => {
    if (event.key === "Escape") this.fold();
  };

  readonly #left = (event: FocusEvent): void => {
    if (event.relatedTarget instanceof Node && !this.#holds(event.relatedTarget)) this.isUnfolded = false;
  };

  #holds(node: Node): boolean {
    return this.contains(node) || this.shadowRoot?.contains(node) === true || node === this;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-menu": OdinMenu;
  }
}
