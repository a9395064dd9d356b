import { css, html, nothing } from "lit";
import { customElement } from "lit/decorators.js";

import { setTarget } from "../../api/control";
import type { Target } from "../../api/control";
import "../../components/icon/icon";
import { bed, chamber, nozzle, thermometer } from "../../components/icon/icons";
import "../../components/kit/press";
import "../../components/kit/stepper";
import { isRunning } from "../../components/printer-tile/summary";
import { t } from "../../localize";
import { degrees } from "../../localize/format";
import { styles } from "./control-styles";
import { heaters } from "./heaters";
import type { Heater } from "./heaters";
import { failure } from "./row";
import { PrinterSection } from "./section";

const ICONS = { nozzle, bed, chamber, other: thermometer } as const;
const STEP_C = 5;

/**
 * What is hot, and what it should be.
 *
 * Properties: `printer`.
 */
@customElement("odin-printer-heats")
export class OdinPrinterHeats extends PrinterSection {
  static override styles = [
    ...styles,
    css`
      .set {
        display: flex;
        gap: 4px;
        align-items: center;
        justify-content: flex-end;
        min-width: 122px;
      }
    `,
  ];

  protected override render() {
    const all = heaters(this.printer);
    // What is only measured stands among the temperatures already.
    if (!all.some(({ max_c, command }) => max_c !== null && this.can(command))) return nothing;
    return html`
      <h3>${t("controls.temperature")}</h3>
      <ul class="rows">
        ${all.map((heater) => this.#row(heater))}
      </ul>
      ${this.#allOff(all)}
    `;
  }

  #row(heater: Heater) {
    const current = heater.heat?.current_c;
    return html`
      <li>
        <odin-icon .path=${ICONS[heater.kind]}></odin-icon>
        <span>${heater.name} ${heater.isInUse ? html`<small>${t("heater.in_use")}</small>` : nothing}</span>
        <span class="value">${current == null ? t("kit.unknown") : degrees(current)}</span>
        <span class="set">${this.#setter(heater)}</span>
        ${failure(this.presses, heater.key)}
      </li>
    `;
  }

  #setter(heater: Heater) {
    if (heater.max_c === null || !this.can(heater.command)) {
      return html`<small>${t("heater.only_measured")}</small>`;
    }
    const lock = this.lock(heater.command);
    return html`
      <odin-stepper
        .value=${setPoint(heater)}
        .empty=${heater.heat?.target_c == null ? t("kit.unknown") : t("kit.off")}
        .min=${0}
        .max=${heater.max_c}
        .step=${STEP_C}
        unit="°"
        .label=${t("heater.target", { name: heater.name })}
        .disabled=${lock !== ""}
        .reason=${lock}
        .phase=${this.presses.of(heater.key).phase}
        @odin-change=${(event: CustomEvent<{ value: number }>) => this.#set(heater, event.detail.value)}
      ></odin-stepper>
    `;
  }

  /** What is hot without a print is worth one button. */
  #allOff(all: readonly Heater[]) {
    const hot = all.filter(({ heat, max_c }) => max_c !== null && (heat?.target_c ?? 0) > 0);
    if (hot.length === 0 || isRunning(this.printer) || this.lock("set_bed_temperature")) return nothing;
    return html`
      <div class="line">
        <odin-press
          .press=${this.presses.of("off")}
          @click=${() => this.#switchOff(hot)}
          @odin-forget=${() => {
            this.presses.forget("off");
          }}
          >${t("heater.all_off")}</odin-press
        >
      </div>
    `;
  }

  #set(heater: Heater, value: number) {
    return this.presses.press(
      heater.key,
      () => this.#send(heater, value),
      () => heaters(this.printer).find(({ key }) => key === heater.key)?.heat?.target_c === value,
    );
  }

  #switchOff(hot: readonly Heater[]) {
    return this.presses.press(
      "off",
      async () => {
        for (const heater of hot) await this.#send(heater, 0);
      },
      () => heaters(this.printer).every(({ heat }) => (heat?.target_c ?? 0) === 0),
    );
  }

  #send(heater: Heater, value: number): Promise<void> {
    return setTarget(this.transport, this.printer.id, targetOf(heater, value));
  }
}

function targetOf({ kind, head, key }: Heater, value: number): Target {
  switch (kind) {
    case "nozzle":
      return { nozzle: head, nozzle_c: value };
    case "bed":
      return { bed_c: value };
    case "chamber":
      return { chamber_c: value };
    case "other":
      return { heater: key.replace(/^other-/, ""), target_c: value };
  }
}

/** A target of 0 is off. */
function setPoint({ heat }: Heater): number | null {
  const target = heat?.target_c ?? 0;
  return target > 0 ? target : null;
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-heats": OdinPrinterHeats;
  }
}
