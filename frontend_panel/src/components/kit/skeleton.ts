import { LitElement, css, html } from "lit";
import { customElement, property } from "lit/decorators.js";

import { base } from "../../theme/controls";

/**
 * The shape of what comes, quiet and still. Give it the size of what it stands for.
 *
 * Properties: `lines` (rows of text; 0 is one block that fills the element). CSS: the host's own size.
 */
@customElement("odin-skeleton")
export class OdinSkeleton extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        gap: 12px;
        align-content: start;
        min-height: 12px;
      }

      i {
        display: block;
        height: 12px;
        border-radius: 6px;
        background: var(--o-track);
      }

      i:nth-child(3n + 1) {
        width: 62%;
      }

      i:nth-child(3n + 3) {
        width: 44%;
      }

      i.block {
        width: 100%;
        height: 100%;
        min-height: inherit;
        border-radius: var(--o-r-in);
      }
    `,
  ];

  @property({ type: Number }) lines = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.setAttribute("aria-hidden", "true");
  }

  protected override render() {
    if (this.lines === 0) return html`<i class="block"></i>`;
    return html`${Array.from({ length: this.lines }, () => html`<i></i>`)}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-skeleton": OdinSkeleton;
  }
}
