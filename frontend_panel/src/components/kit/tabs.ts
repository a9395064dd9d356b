import { LitElement, css, html, nothing } from "lit";
import { customElement, property, queryAll } from "lit/decorators.js";

import { base } from "../../theme/controls";

export interface Tab {
  readonly id: string;
  readonly label: string;
  readonly count?: number;
}

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 };

/**
 * Which part of a page shows; the owner draws the part. Arrow keys move between the tabs.
 *
 * Properties: `tabs`, `value` (an id), `label`. Events: `odin-change` (`detail.value`).
 */
@customElement("odin-tabs")
export class OdinTabs extends LitElement {
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [
    base,
    css`
      :host {
        display: block;
        min-width: 0;
      }

      .list {
        display: flex;
        gap: 2px;
        overflow-x: auto;
        border-bottom: 1px solid var(--o-line);
        scrollbar-width: none;
      }

      button {
        position: relative;
        flex: none;
        min-height: var(--o-touch);
        padding: 0 14px;
        border: 0;
        background: none;
        color: var(--o-text-2);
        font: var(--o-w-m) var(--o-t-m) / 1.2 var(--o-font);
        cursor: pointer;
      }

      button:hover {
        color: var(--o-text);
      }

      button:focus-visible {
        box-shadow: inset 0 0 0 2px var(--o-accent);
      }

      button[aria-selected="true"] {
        color: var(--o-text);
        font-weight: var(--o-w-b);
      }

      button[aria-selected="true"]::after {
        content: "";
        position: absolute;
        right: 10px;
        bottom: 0;
        left: 10px;
        height: 3px;
        border-radius: 3px 3px 0 0;
        background: var(--o-accent);
      }

      .count {
        margin-left: 6px;
        color: var(--o-text-2);
        font-weight: var(--o-w-n);
      }

      @media (forced-colors: active) {
        button[aria-selected="true"]::after {
          background: Highlight;
        }
      }
    `,
  ];

  @property({ attribute: false }) tabs: readonly Tab[] = [];
  @property() value = "";
  @property() label = "";
  @queryAll("button") private readonly buttons!: NodeListOf<HTMLButtonElement>;

  protected override render() {
    return html`
      <div class="list" role="tablist" aria-label=${this.label || nothing}>
        ${this.tabs.map(
          ({ id, label, count }) => html`
            <button
              type="button"
              role="tab"
              data-id=${id}
              aria-selected=${id === this.value ? "true" : "false"}
              tabindex=${id === this.value ? "0" : "-1"}
              @click=${() => {
                this.#choose(id);
              }}
              @keydown=${this.#keyed}
            >
              ${label}${count === undefined ? nothing : html`<span class="count">${count}</span>`}
            </button>
          `,
        )}
      </div>
    `;
  }

  #choose(id: string): void {
    if (id !== this.value) this.dispatchEvent(new CustomEvent("odin-change", { detail: { value: id } }));
  }

  readonly #keyed = (event: KeyboardEvent): void => {
    const at = this.tabs.findIndex(({ id }) => id === (event.currentTarget as HTMLElement).dataset["id"]);
    const last = this.tabs.length - 1;
    const step = STEPS[event.key];
    const to = event.key === "Home" ? 0 : event.key === "End" ? last : step === undefined ? undefined : at + step;
    if (to === undefined) return;
    event.preventDefault();
    const tab = this.tabs[(to + this.tabs.length) % this.tabs.length];
    if (!tab) return;
    [...this.buttons].find((button) => button.dataset["id"] === tab.id)?.focus();
    this.#choose(tab.id);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-tabs": OdinTabs;
  }
}
