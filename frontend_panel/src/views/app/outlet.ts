import { LitElement, css, html } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { keyed } from "lit/directives/keyed.js";

import { pageMissing } from "../../components/icon/icons";
import "../../components/kit/empty";
import "../../components/kit/skeleton";
import { t } from "../../localize";
import { base, buttons } from "../../theme/controls";
import type { LazyPage } from "./lazy-page";
import { reload } from "./place";

const loaded = new Set<string>();

/**
 * Shows one page at a time: its shape while its code loads, and words where it did not load.
 *
 * Properties: `page`.
 */
@customElement("odin-outlet")
export class OdinOutlet extends LitElement {
  static override styles = [
    base,
    buttons,
    css`
      :host {
        display: grid;
        align-content: start;
        gap: var(--o-4);
        min-width: 0;
      }

      :host > * {
        min-width: 0;
      }

      .tall {
        height: 240px;
      }
    `,
  ];

  @property({ attribute: false }) page!: LazyPage;
  /** The name of the page that did not load. */
  @state() private missing: string | undefined;

  protected override willUpdate(): void {
    if (this.missing !== this.page.name) this.missing = undefined;
    if (!loaded.has(this.page.name) && this.missing === undefined) void this.#load(this.page);
  }

  protected override render() {
    if (this.missing !== undefined) return this.#sorry();
    if (!loaded.has(this.page.name)) {
      return html`<odin-skeleton .lines=${2}></odin-skeleton><odin-skeleton class="tall"></odin-skeleton>`;
    }
    return keyed(`${this.page.name}/${this.page.about ?? ""}`, this.page.draw());
  }

  #sorry() {
    return html`
      <odin-empty .icon=${pageMissing} .heading=${t("page.not_loaded")}>
        ${t("page.not_loaded.what")}
        <button slot="action" class="button primary" type="button" @click=${this.#retried}>${t("page.again")}</button>
        <button slot="action" class="button" type="button" @click=${reload}>${t("page.reload")}</button>
      </odin-empty>
    `;
  }

  async #load({ name, load }: LazyPage): Promise<void> {
    try {
      await load();
      loaded.add(name);
    } catch {
      if (this.page.name === name) this.missing = name;
    }
    this.requestUpdate();
  }

  readonly #retried = (): void => {
    this.missing = undefined;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-outlet": OdinOutlet;
  }
}
