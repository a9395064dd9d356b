import { LitElement, css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";

import { base } from "../../theme/controls";
import "../icon/icon";

/**
 * Nothing here yet, why, and what to do about it.
 *
 * Properties: `icon` (path), `heading`, `isSmall` (attribute `small`: inside a card). Slots: default or `text` (a
 * sentence), `action`.
 */
@customElement("odin-empty")
export class OdinEmpty extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        justify-items: center;
        gap: 8px;
        padding: var(--o-12) var(--o-4);
        text-align: center;
      }

      :host([small]) {
        padding: var(--o-4) 0;
      }

      odin-icon {
        color: var(--o-text-2);
        --icon-size: 36px;
      }

      :host([small]) odin-icon {
        --icon-size: 26px;
      }

      :host([small]) h2 {
        font-size: var(--o-t-m);
      }

      .text {
        max-width: 52ch;
        color: var(--o-text-2);
      }

      .action {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        justify-content: center;
        margin-top: 4px;
      }
    `,
  ];

  @property({ attribute: false }) icon = "";
  @property() heading = "";
  @property({ type: Boolean, attribute: "small", reflect: true }) isSmall = false;

  protected override render() {
    return html`
      ${this.icon ? html`<odin-icon .path=${this.icon}></odin-icon>` : nothing}
      <h2>${this.heading}</h2>
      <div class="text"><slot></slot><slot name="text"></slot></div>
      <div class="action"><slot name="action"></slot></div>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-empty": OdinEmpty;
  }
}
