import { LitElement, css, html } from "lit";
import { customElement } from "lit/decorators.js";

import { base } from "../../theme/controls";

/** The mark and the name. */
@customElement("odin-brand")
export class OdinBrand extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: inline-flex;
        gap: 10px;
        align-items: center;
        font-size: 15px;
        font-weight: var(--o-w-b);
        letter-spacing: 0.02em;
        white-space: nowrap;
      }

      svg {
        flex: none;
        width: 32px;
        height: 32px;
      }

      rect {
        fill: #006b91;
      }

      path {
        fill: none;
        stroke: #fff;
        stroke-width: 4;
        stroke-linecap: round;
        stroke-linejoin: round;
      }
    `,
  ];

  protected override render() {
    return html`
      <svg viewBox="0 0 64 64" aria-hidden="true">
        <rect width="64" height="64" rx="15"></rect>
        <path d="M9 32c6-10.500 13.700-15.700 23-15.700S49 21.500 55 32c-6 10.500-13.700 15.700-23 15.700S15 42.500 9 32z"></path>
        <path d="M26 27.500h12M24.500 32.500h15M28 37.500h8"></path>
      </svg>
      <span>O.D.I.N.</span>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-brand": OdinBrand;
  }
}
