import { LitElement, css, html } from "lit";
import { customElement, property } from "lit/decorators.js";

import "../components/icon/icon";
import { base } from "../theme/controls";
import { surface } from "./surface";

/**
 * A card that cannot show its printer: why, and what to do.
 *
 * Properties: `icon` (path), `heading`, `text`.
 */
@customElement("odin-card-problem")
export class OdinCardProblem extends LitElement {
  static override styles = [
    base,
    surface,
    css`
      :host {
        display: block;
        height: 100%;
      }

      .surface {
        --icon-size: 24px;
        display: flex;
        gap: 12px;
        align-items: center;
        min-height: 56px;
        height: 100%;
        padding: 10px 14px;
        overflow: hidden auto;
      }

      odin-icon {
        flex: none;
        color: var(--o-text-2);
      }

      .words {
        min-width: 0;
      }

      b {
        display: block;
        font-weight: var(--o-w-b);
        line-height: 1.3;
      }

      .sub {
        font-size: var(--o-t-b);
        line-height: 1.35;
      }
    `,
  ];

  @property({ attribute: false }) icon = "";
  @property() heading = "";
  @property() text = "";

  protected override render() {
    return html`
      <section class="surface" role="status">
        <odin-icon .path=${this.icon}></odin-icon>
        <div class="words"><b>${this.heading}</b><span class="sub">${this.text}</span></div>
      </section>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-card-problem": OdinCardProblem;
  }
}
