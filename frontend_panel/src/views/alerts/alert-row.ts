import { LitElement, css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Alert } from "../../api/types";
import "../../components/icon/icon";
import { close, emergency, info, warning } from "../../components/icon/icons";
import "../../components/kit/time";
import { plural, t, word } from "../../localize";
import { base, buttons } from "../../theme/controls";
import { addressOf, followed } from "../app/place";

const ICONS = { info, warning, critical: emergency } as const;

/**
 * One alert: what happened, what to do, where, and since when; in its short form without what to do.
 *
 * Properties: `alert`, `isShort` (attribute `short`), `mayDismiss`, `hasPrinter` (it can be looked at). Events:
 * `odin-dismiss`, `odin-follow` (a link was followed).
 */
@customElement("odin-alert")
export class OdinAlert extends LitElement {
  static override styles = [
    base,
    buttons,
    css`
      :host {
        --hue: var(--o-idle);
        --ink: var(--o-idle-text);
        display: flex;
        gap: 12px;
        align-items: flex-start;
        padding: 12px 0;
      }

      :host([severity="warning"]) {
        --hue: var(--o-attention);
        --ink: var(--o-attention-text);
      }

      :host([severity="critical"]) {
        --hue: var(--o-failed);
        --ink: var(--o-failed-text);
      }

      .picture {
        display: grid;
        flex: none;
        place-items: center;
        width: 36px;
        height: 36px;
        border-radius: var(--o-r-in);
        background: color-mix(in srgb, var(--hue) calc(var(--o-tint) + 3%), var(--o-card));
        color: var(--ink);
      }

      :host([over]) .picture {
        background: var(--o-button);
        color: var(--o-text-2);
      }

      .text {
        display: grid;
        flex: 1;
        gap: 2px;
        min-width: 0;
        overflow-wrap: anywhere;
      }

      .title {
        font-weight: var(--o-w-b);
      }

      a.title {
        color: inherit;
        text-decoration: none;
      }

      a.title:hover {
        text-decoration: underline;
      }

      :host([over]) .title {
        font-weight: var(--o-w-m);
      }

      .detail {
        max-width: 80ch;
      }

      .facts {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        color: var(--o-text-2);
        font-size: var(--o-t-b);
      }

      .facts > * + *::before {
        content: "·";
        display: inline-block;
        width: 14px;
        color: var(--o-text-2);
        text-align: center;
      }

      .facts a {
        display: inline-block;
        padding: 4px 0;
      }

      code {
        font: var(--o-t-s) var(--o-mono);
      }

      .button {
        flex: none;
        margin-top: -2px;
      }
    `,
  ];

  @property({ attribute: false }) alert!: Alert;
  @property({ type: Boolean, attribute: "short" }) isShort = false;
  @property({ type: Boolean, attribute: "may-dismiss" }) mayDismiss = false;
  @property({ type: Boolean, attribute: "has-printer" }) hasPrinter = false;

  protected override willUpdate(): void {
    this.setAttribute("severity", this.alert.severity);
    this.toggleAttribute("over", this.alert.ended_at !== null || this.alert.dismissed_at !== null);
  }

  protected override render() {
    const { alert } = this;
    return html`
      <span class="picture" title=${word("alerts.severity", alert.severity)}>
        <odin-icon .path=${ICONS[alert.severity]}></odin-icon>
      </span>
      <div class="text">
        <span class="vh">${word("alerts.severity", alert.severity)}:</span>
        ${this.#title()} ${alert.detail && !this.isShort ? html`<p class="sub detail">${alert.detail}</p>` : nothing}
        <p class="facts">${this.#facts()}</p>
      </div>
      ${
        this.mayDismiss
          ? html`
              <button
                class="button plain icon-only"
                type="button"
                title=${t("alerts.dismiss")}
                aria-label=${t("alerts.dismiss_named", { title: alert.title })}
                @click=${this.#dismissed}
              >
                <odin-icon .path=${close}></odin-icon>
              </button>
            `
          : nothing
      }
    `;
  }

  #title() {
    const { printer_id, title } = this.alert;
    if (printer_id === null || !this.hasPrinter) return html`<span class="title">${title}</span>`;
    const place = { page: "printer", id: printer_id } as const;
    return html`
      <a
        class="title"
        href=${addressOf(place)}
        @click=${(event: MouseEvent) => {
          this.dispatchEvent(new CustomEvent("odin-follow"));
          followed(place)(event);
        }}
        >${title}</a
      >
    `;
  }

  #facts() {
    const { alert } = this;
    return html`
      <odin-time .at=${alert.raised_at} .mode=${this.isShort ? "relative" : "clock"}></odin-time>
      ${this.isShort ? nothing : this.#ending()}
      ${alert.count > 1 ? html`<span>${plural("alerts.times", alert.count)}</span>` : nothing}
      ${alert.fault_code !== null && !this.isShort ? html`<code>${alert.fault_code}</code>` : nothing}
      ${
        alert.help_url !== null && !this.isShort
          ? html`<a href=${alert.help_url} target="_blank" rel="noopener noreferrer">${t("alerts.help")}</a>`
          : nothing
      }
    `;
  }

  #ending() {
    const { ended_at, dismissed_at, dismissed_by } = this.alert;
    if (dismissed_at !== null) {
      const said = dismissed_by ? t("alerts.dismissed_by", { name: dismissed_by }) : t("alerts.dismissed");
      return html`<span>${said} <odin-time .at=${dismissed_at} mode="clock"></odin-time></span>`;
    }
    if (ended_at !== null) return html`<span>${t("alerts.ended")} <odin-time .at=${ended_at} mode="clock"></odin-time></span>`;
    return nothing;
  }

  readonly #dismissed = (): void => {
    this.dispatchEvent(new CustomEvent("odin-dismiss"));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-alert": OdinAlert;
  }
}
