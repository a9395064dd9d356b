import { LitElement, css, html } from "lit";
import { customElement, property } from "lit/decorators.js";

import { base } from "../../theme/controls";
import "../icon/icon";
import { failed, finished, info, offline, warning } from "../icon/icons";

const ICONS = { info, warning, failed, finished, offline } as const;

/**
 * One sentence about the whole page or form, with what to do beside it. Announced when it appears.
 *
 * Properties: `kind`. Slots: default (the sentence), `action`.
 */
@customElement("odin-banner")
export class OdinBanner extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        --hue: var(--o-offline);
        --ink: var(--o-text-2);
        display: flex;
        flex-wrap: wrap;
        gap: 8px 12px;
        align-items: center;
        padding: 10px 14px;
        border-radius: var(--o-r-in);
        background: color-mix(in srgb, var(--hue) calc(var(--o-tint) + 2%), var(--o-card));
      }

      :host([kind="warning"]) {
        --hue: var(--o-attention);
        --ink: var(--o-attention-text);
      }

      :host([kind="failed"]) {
        --hue: var(--o-failed);
        --ink: var(--o-failed-text);
      }

      :host([kind="finished"]) {
        --hue: var(--o-finished);
        --ink: var(--o-finished-text);
      }

      .said {
        display: flex;
        flex: 1 1 14em;
        gap: 12px;
        align-items: flex-start;
        min-width: 0;
      }

      odin-icon {
        color: var(--ink);
      }

      .text {
        min-width: 0;
        overflow-wrap: anywhere;
      }

      ::slotted(b) {
        color: var(--ink);
      }
    `,
  ];

  @property({ reflect: true }) kind: keyof typeof ICONS = "info";

  override connectedCallback(): void {
    super.connectedCallback();
    this.setAttribute("role", this.kind === "failed" ? "alert" : "status");
  }

  protected override render() {
    return html`
      <div class="said">
        <odin-icon .path=${ICONS[this.kind]}></odin-icon>
        <div class="text"><slot></slot></div>
      </div>
      <slot name="action"></slot>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-banner": OdinBanner;
  }
}
