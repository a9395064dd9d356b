import { LitElement, css, html, nothing } from "lit";
import { customElement, property, query, queryAll } from "lit/decorators.js";

import { base, buttons } from "../../theme/controls";
import "../icon/icon";
import { more } from "../icon/icons";
import "../kit/popover";
import type { OdinPopover } from "../kit/popover";

export interface MenuItem {
  readonly id: string;
  readonly label: string;
  /** Path of an icon before the label. */
  readonly icon?: string;
  readonly isDangerous?: boolean;
  /** Why it cannot be chosen now. */
  readonly reason?: string;
  /** It leads there; nothing is told. */
  readonly href?: string;
}

const STEPS: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1 };

/**
 * A button that unfolds a few actions, with the arrow keys between them.
 *
 * Properties: `label` (for who cannot see the icon), `icon` (path), `items`, `align`. Events: `odin-select`
 * (`detail.value`, an id). Methods: `fold()`.
 */
@customElement("odin-menu")
export class OdinMenu extends LitElement {
  static override styles = [
    base,
    buttons,
    css`
      :host {
        display: inline-block;
      }

      .items {
        display: grid;
        min-width: 200px;
      }

      .item {
        justify-content: flex-start;
        min-height: var(--o-touch);
        padding: 0 12px;
        text-align: start;
        white-space: normal;
        --icon-size: 19px;
      }

      .item.danger {
        background: none;
        color: var(--o-failed-text);
      }

      .item small {
        display: block;
        color: var(--o-text-2);
        font-size: var(--o-t-s);
        font-weight: var(--o-w-n);
      }

      .item[aria-disabled="true"] {
        cursor: not-allowed;
      }
    `,
  ];

  @property() label = "";
  @property({ attribute: false }) icon = more;
  @property({ attribute: false }) items: readonly MenuItem[] = [];
  @property() align: "start" | "end" = "end";
  @query("odin-popover") private readonly popoverElement!: OdinPopover;
  @queryAll("[role=menuitem]") private readonly itemElements!: NodeListOf<HTMLElement>;

  /** Folds the sheet and gives the focus back to the button. */
  fold(): void {
    this.popoverElement.fold();
  }

  protected override render() {
    return html`
      <odin-popover kind="menu" align=${this.align} @odin-open=${this.#opened}>
        <button
          slot="anchor"
          class="button plain icon-only"
          type="button"
          aria-label=${this.label}
          title=${this.label}
        >
          <odin-icon .path=${this.icon}></odin-icon>
        </button>
        <div class="items" role="menu" aria-label=${this.label}>${this.items.map((item) => this.#item(item))}</div>
      </odin-popover>
    `;
  }

  #item(item: MenuItem) {
    const content = html`
      ${item.icon === undefined ? nothing : html`<odin-icon .path=${item.icon}></odin-icon>`}
      <span>${item.label}${item.reason ? html`<small>${item.reason}</small>` : nothing}</span>
    `;
    if (item.href !== undefined) {
      return html`
        <a class="button plain item" role="menuitem" tabindex="-1" href=${item.href} @keydown=${this.#keyed}>${content}</a>
      `;
    }
    return html`
      <button
        class="button plain item ${item.isDangerous ? "danger" : ""}"
        type="button"
        role="menuitem"
        tabindex="-1"
        aria-disabled=${item.reason ? "true" : "false"}
        @keydown=${this.#keyed}
        @click=${() => {
          this.#chosen(item);
        }}
      >
        ${content}
      </button>
    `;
  }

  #chosen(item: MenuItem): void {
    if (item.reason) return;
    this.fold();
    this.dispatchEvent(new CustomEvent("odin-select", { detail: { value: item.id } }));
  }

  readonly #opened = (): void => {
    this.itemElements[0]?.focus();
  };

  readonly #keyed = (event: KeyboardEvent): void => {
    const items = [...this.itemElements];
    const at = items.indexOf(event.currentTarget as HTMLElement);
    const step = STEPS[event.key];
    const to = event.key === "Home" ? 0 : event.key === "End" ? -1 : step === undefined ? undefined : (at + step) % items.length;
    if (event.key === "Tab") this.fold();
    if (to === undefined) return;
    event.preventDefault();
    items.at(to)?.focus();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-menu": OdinMenu;
  }
}
