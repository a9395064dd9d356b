import { css, html, nothing } from "lit";
import { customElement } from "lit/decorators.js";

import type { Printer } from "../api/types";
import "../components/icon/icon";
import { printer as printerIcon } from "../components/icon/icons";
import { pill } from "../components/printer-tile/summary";
import { SILHOUETTES, hues } from "../components/state-pill/state-pill";
import { t } from "../localize";
import { endings } from "../store/endings";
import { base } from "../theme/controls";
import type { BadgeConfig } from "./config";
import { readBadgeConfig } from "./config";
import { firstPrinter, isChosen } from "./device";
import { badgeForm } from "./form";
import type { Form } from "./form";
import type { Hass } from "./hass";
import { PrinterHost } from "./host";
import { BADGE_TYPE } from "./suggestion";
import { tokenStyles } from "./surface";
import { badgeLine, lackOf, missText } from "./words";

/**
 * One printer in a row of badges: what it is doing, its name, and how far it is.
 *
 * Properties, set by Home Assistant: `hass`, `preview`.
 */
@customElement(BADGE_TYPE)
export class OdinPrinterBadge extends PrinterHost<BadgeConfig> {
  static override styles = [
    tokenStyles,
    base,
    hues,
    css`
      :host {
        display: block;
        -webkit-tap-highlight-color: transparent;
      }

      .badge {
        --icon-size: var(--ha-badge-icon-size, 18px);
        display: flex;
        gap: 8px;
        align-items: center;
        box-sizing: border-box;
        height: var(--ha-badge-size, 36px);
        max-width: 260px;
        padding: 0 12px 0 10px;
        border: var(--ha-card-border-width, 1px) solid var(--ha-card-border-color, var(--divider-color, #e0e0e0));
        border-radius: var(--ha-badge-border-radius, calc(var(--ha-badge-size, 36px) / 2));
        background: var(--ha-card-background, var(--card-background-color, white));
        backdrop-filter: var(--ha-card-backdrop-filter, none);
        box-shadow: var(--ha-card-box-shadow, none);
        color: var(--primary-text-color);
        font: inherit;
        text-align: start;
        text-decoration: none;
      }

      :is(a, button).badge {
        cursor: pointer;
      }

      .badge:focus-visible {
        border-color: var(--o-accent);
        border-radius: var(--ha-badge-border-radius, calc(var(--ha-badge-size, 36px) / 2));
        box-shadow: 0 0 0 1px var(--o-accent);
      }

      odin-icon {
        flex: none;
        color: var(--hue);
      }

      .info {
        display: grid;
        min-width: 0;
      }

      .name {
        color: var(--secondary-text-color);
        font-size: var(--ha-font-size-xs, 10px);
        font-weight: var(--o-w-m);
        line-height: 1.2;
      }

      .content {
        font-size: var(--ha-badge-font-size, var(--ha-font-size-s, 12px));
        font-weight: var(--o-w-m);
        line-height: 1.25;
      }

      :host([old]) .content {
        color: var(--o-text-2);
      }

      :host([old]) odin-icon {
        filter: saturate(0.35);
      }
    `,
  ];

  static getConfigForm(): Form {
    return badgeForm();
  }

  static getStubConfig(hass: Hass): Readonly<Record<string, unknown>> {
    return { device_id: firstPrinter(hass.devices) ?? "" };
  }

  protected override read(config: unknown): BadgeConfig {
    return readBadgeConfig(config);
  }

  protected override render() {
    const { found, seen } = this;
    if (!found) return nothing;
    if (!isChosen(found)) {
      const { heading, text } = missText(found);
      return this.#badge(printerIcon, "", heading, `${heading}. ${text}`);
    }
    if (!seen) return nothing;
    const lack = lackOf(seen);
    const name = this.config?.hide_name === true ? "" : found.name;
    if (lack) return this.#badge(SILHOUETTES.offline, name, t(`lovelace.${lack}`), t(`lovelace.${lack}.do`));
    return seen.printer ? this.#printer(seen.printer, seen.isStale) : this.#badge(SILHOUETTES.unknown, name, t("lovelace.loading"));
  }

  #printer(printer: Printer, isStale: boolean) {
    const isOld = isStale || !printer.is_live;
    const { look } = pill(printer);
    this.setAttribute("look", look);
    this.toggleAttribute("old", isOld);
    const content = badgeLine(printer, { endsAt: endings.of(printer), isOld, now: new Date() });
    return this.#badge(SILHOUETTES[look], this.config?.hide_name === true ? "" : printer.name, content, pill(printer).label);
  }

  #badge(icon: string, name: string, content: string, title = content) {
    const inside = html`
      <odin-icon .path=${icon}></odin-icon>
      <span class="info">
        ${name ? html`<span class="name clip">${name}</span>` : nothing}<span class="content clip">${content}</span>
      </span>
    `;
    const { tap } = this;
    switch (tap.kind) {
      case "none":
        return html`<div class="badge" title=${title}>${inside}</div>`;
      case "link":
        return html`<a class="badge" href=${tap.href} title=${title} @click=${this.#followed}>${inside}</a>`;
      case "action":
        return html`<button class="badge" type="button" title=${title} @click=${this.open}>${inside}</button>`;
    }
  }

  readonly #followed = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    this.open();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    [BADGE_TYPE]: OdinPrinterBadge;
  }
}
