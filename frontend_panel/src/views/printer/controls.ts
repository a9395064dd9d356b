import { css, html, nothing } from "lit";
import { customElement } from "lit/decorators.js";

import { refreshPrinter } from "../../api/control";
import "../../components/icon/icon";
import { lock as padlock, refresh } from "../../components/icon/icons";
import "../../components/kit/press";
import { t } from "../../localize";
import { base, cards } from "../../theme/controls";
import "./airflow";
import "./gcode";
import "./heats";
import "./machine";
import type { CommandKind } from "./locks";
import "./macros";
import "./motion";
import "./spool";
import { PrinterSection } from "./section";
import "./switches";

/** What there are controls for here. */
const CONTROLS: readonly CommandKind[] = [
  ...(["set_nozzle_temperature", "set_bed_temperature", "set_chamber_temperature", "set_heater"] as const),
  ...(["set_fan", "set_speed", "set_speed_percent", "set_flow", "set_light", "set_timelapse", "set_detector"] as const),
  ...(["select_tool", "set_power", "set_active_spool", "run_macro", "home", "jog", "calibrate", "send_gcode"] as const),
  ...(["connect_machine", "disconnect_machine", "restart_firmware", "restart_host"] as const),
];

/**
 * Everything this very machine can be told, and why it cannot be told now. A control it lacks is absent.
 *
 * Properties: `printer`.
 */
@customElement("odin-printer-controls")
export class OdinPrinterControls extends PrinterSection {
  static override styles = [
    base,
    cards,
    css`
      :host {
        display: block;
        min-width: 0;
      }

      .card-head {
        margin-bottom: 0;
      }

      .lock {
        display: flex;
        gap: 6px;
        align-items: center;
        margin-top: 6px;
        padding: 8px 10px;
        border-radius: var(--o-r-control);
        background: var(--o-sunken);
        color: var(--o-text-2);
        font-size: var(--o-t-b);
        --icon-size: 17px;
      }

      .none {
        margin-top: 6px;
        color: var(--o-text-2);
        font-size: var(--o-t-b);
      }
    `,
  ];

  protected override render() {
    const { printer } = this;
    if (printer.capabilities.commands.length === 0) return this.#unknown();
    const lock = this.lock("set_light");
    return html`
      <section class="card" aria-labelledby="title">
        <div class="card-head">
          <h2 id="title">${t("controls.title")}</h2>
          <div class="end">${this.#refresh()}</div>
        </div>
        ${lock ? html`<p class="lock"><odin-icon .path=${padlock}></odin-icon>${lock}</p>` : nothing}
        <odin-printer-heats .printer=${printer}></odin-printer-heats>
        <odin-printer-airflow .printer=${printer}></odin-printer-airflow>
        <odin-printer-machine .printer=${printer}></odin-printer-machine>
        <odin-printer-spool .printer=${printer}></odin-printer-spool>
        <odin-printer-macros .printer=${printer}></odin-printer-macros>
        <odin-printer-switches .printer=${printer}></odin-printer-switches>
        <odin-printer-motion .printer=${printer}></odin-printer-motion>
        <odin-printer-gcode .printer=${printer}></odin-printer-gcode>
        ${CONTROLS.some((kind) => this.can(kind)) ? nothing : html`<p class="none">${t("controls.none")}</p>`}
      </section>
    `;
  }

  /** What it can do is learnt from its first report. */
  #unknown() {
    return html`
      <section class="card">
        <h2>${t("controls.title")}</h2>
        <p class="lock"><odin-icon .path=${padlock}></odin-icon>${t("controls.not_heard")}</p>
      </section>
    `;
  }

  #refresh() {
    if (!this.may("control:printers") || this.printer.link !== "online") return nothing;
    return html`
      <odin-press
        kind="plain"
        .press=${this.presses.of("refresh")}
        .icon=${refresh}
        .label=${t("controls.refresh")}
        .disabled=${!this.hearsEngine}
        .reason=${t("lock.not_live")}
        @click=${() => this.presses.press("refresh", () => refreshPrinter(this.transport, this.printer.id))}
        @odin-forget=${() => {
          this.presses.forget("refresh");
        }}
      ></odin-press>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-controls": OdinPrinterControls;
  }
}
