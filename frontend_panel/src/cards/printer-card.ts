import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { keyed } from "lit/directives/keyed.js";

import { hide, offline, printer as printerIcon } from "../components/icon/icons";
import "../components/kit/skeleton";
import { t } from "../localize";
import { base } from "../theme/controls";
import "./card-face";
import type { CardConfig } from "./config";
import { readCardConfig } from "./config";
import type { Chosen } from "./device";
import { firstPrinter, isChosen } from "./device";
import { cardForm } from "./form";
import type { Form } from "./form";
import type { Hass } from "./hass";
import { PrinterHost } from "./host";
import "./problem";
import type { GridOptions } from "./room";
import { cardSize, gridOptions, isCut } from "./room";
import { CARD_TYPE } from "./suggestion";
import { surface, tokenStyles } from "./surface";
import type { Problem } from "./words";
import type { Lack } from "./words";
import { lackOf, missText } from "./words";

const ICONS: Readonly<Record<Lack, string>> = { away: offline, gone: printerIcon, not_allowed: hide };

/**
 * One printer on a dashboard of Home Assistant: small, in as many rows as it is given, or in full with its controls.
 *
 * Properties, set by Home Assistant: `hass`, `preview`, `layout` (the kind of view it stands in).
 */
@customElement(CARD_TYPE)
export class OdinPrinterCard extends PrinterHost<CardConfig> {
  static override styles = [
    tokenStyles,
    base,
    surface,
    css`
      :host {
        display: block;
        height: 100%;
      }

      .loading {
        display: grid;
        align-content: center;
        height: 100%;
        min-height: 56px;
        padding: 12px 14px;
      }
    `,
  ];

  @property({ attribute: false }) layout: string | undefined;

  static getConfigForm(): Form {
    return cardForm();
  }

  static getStubConfig(hass: Hass): Readonly<Record<string, unknown>> {
    return { device_id: firstPrinter(hass.devices) ?? "", layout: "grid" };
  }

  getGridOptions(): GridOptions {
    return gridOptions(this.config ?? readCardConfig({}));
  }

  getCardSize(): number {
    return cardSize(this.config ?? readCardConfig({}));
  }

  protected override read(config: unknown): CardConfig {
    return readCardConfig(config);
  }

  protected override render() {
    const { config, found } = this;
    if (!config || !found) return nothing;
    if (!isChosen(found)) return problem(printerIcon, missText(found));
    return this.#printer(config, found);
  }

  #printer(config: CardConfig, found: Chosen) {
    const { seen } = this;
    if (!seen) return nothing;
    const lack = lackOf(seen);
    if (lack) return problem(ICONS[lack], { heading: found.name, text: t(`lovelace.${lack}.do`) });
    if (!seen.printer) return this.#loading(config);
    // Its parts ask once for the services: another engine needs other parts.
    return keyed(
      found.entryId,
      html`
        <odin-card-face
          .printer=${seen.printer}
          .seen=${seen}
          .config=${config}
          .tap=${this.tap}
          .isCut=${isCut(config, this.layout)}
          .isStill=${this.preview}
          @odin-open=${this.open}
        ></odin-card-face>
      `,
    );
  }

  #loading(config: CardConfig) {
    return html`
      <div class="surface loading">
        <span class="vh" role="status">${t("lovelace.loading")}</span>
        <odin-skeleton .lines=${config.layout === "full" ? 6 : 2}></odin-skeleton>
      </div>
    `;
  }
}

function problem(icon: string, { heading, text }: Problem) {
  return html`<odin-card-problem .icon=${icon} .heading=${heading} .text=${text}></odin-card-problem>`;
}

declare global {
  interface HTMLElementTagNameMap {
    [CARD_TYPE]: OdinPrinterCard;
  }
}
