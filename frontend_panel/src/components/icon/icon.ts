import { LitElement, css, html } from "lit";
import { customElement, property } from "lit/decorators.js";

/**
 * One icon from `icons.ts`, as large as 1.4 times the text around it. Decoration: what it means is said in words beside it.
 *
 * Properties: `path` (SVG path data on a 24 px grid).
 * CSS: `--icon-size`.
 */
@customElement("odin-icon")
export class OdinIcon extends LitElement {
  static override styles = css`
    :host {
      display: inline-flex;
      flex: none;
      width: var(--icon-size, 20px);
      height: var(--icon-size, 20px);
    }

    svg {
      width: 100%;
      height: 100%;
      fill: currentColor;
    }
  `;

  @property({ attribute: false }) path = "";

  protected override render() {
    return html`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${this.path}></path></svg>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-icon": OdinIcon;
  }
}
