import { html, nothing } from "lit";
import { customElement } from "lit/decorators.js";

import { setFan, setFlow, setSpeed, setSpeedPercent } from "../../api/control";
import type { PercentBounds, Printer, SpeedLevel } from "../../api/types";
import "../../components/icon/icon";
import { fan, speed as gauge } from "../../components/icon/icons";
import "../../components/kit/segmented";
import "../../components/kit/stepper";
import "../../components/kit/slider";
import { named, t, word } from "../../localize";
import { styles } from "./control-styles";
import { fanPercent, isFanAt } from "./fans";
import { failure, isOnItsWay } from "./row";
import { PrinterSection } from "./section";

const STEP_PCT = 10;
const FACTOR_STEP_PCT = 5;
/** What a factor is while nobody changed it: machines that do not tell theirs are changed from there. */
const AS_SLICED_PCT = 100;

/**
 * Fans, the speed profile or factor, and the flow.
 *
 * Properties: `printer`.
 */
@customElement("odin-printer-airflow")
export class OdinPrinterAirflow extends PrinterSection {
  static override styles = styles;

  protected override render() {
    return html`
      ${this.can("set_fan") ? this.#fans(this.printer) : nothing} ${this.can("set_speed") ? this.#speed() : nothing}
      ${this.#factors()}
    `;
  }

  #fans({ capabilities: { fans } }: Printer) {
    // The part fan first: it is the one that people reach for.
    const ordered = [...fans].sort((a, b) => Number(b === "part") - Number(a === "part"));
    if (ordered.length === 0) return nothing;
    return html`
      <h3>${t("controls.fans")}</h3>
      <ul class="rows">
        ${ordered.map((name) => this.#fan(name))}
      </ul>
    `;
  }

  #fan(name: string) {
    const lock = this.lock("set_fan");
    const key = `fan-${name}`;
    return html`
      <li>
        <odin-icon .path=${fan}></odin-icon>
        <span>
          ${named("fan", name)} ${isOnItsWay(this.presses.of(key)) ? html`<small>${t("controls.on_its_way")}</small>` : nothing}
        </span>
        <odin-slider
          .value=${fanPercent(this.printer, name)}
          .step=${STEP_PCT}
          .unit=${" %"}
          .label=${t("fan.label", { name: named("fan", name) })}
          .disabled=${lock !== ""}
          .reason=${lock}
          @odin-change=${(event: CustomEvent<{ value: number }>) => this.#setFan(name, key, event.detail.value)}
        ></odin-slider>
        ${failure(this.presses, key)}
      </li>
    `;
  }

  #setFan(name: string, key: string, percent: number) {
    return this.presses.press(
      key,
      () => setFan(this.transport, this.printer.id, name, percent),
      () => isFanAt(fanPercent(this.printer, name), percent),
    );
  }

  #speed() {
    const { speed_levels: levels } = this.printer.capabilities;
    if (levels.length === 0) return nothing;
    const lock = this.lock("set_speed");
    const wanted = this.presses.of("speed");
    return html`
      <h3>
        ${t("controls.speed")}
        ${isOnItsWay(wanted) ? html`<small>${t("controls.on_its_way")}</small>` : nothing}
      </h3>
      <odin-segmented
        class="wide"
        .options=${levels.map((level) => ({ value: level, label: word("speed", level), title: lock }))}
        .value=${this.printer.speed?.level ?? ""}
        .label=${t("controls.speed")}
        .disabled=${lock !== ""}
        @odin-change=${(event: CustomEvent<{ value: SpeedLevel }>) => this.#setSpeed(event.detail.value)}
      ></odin-segmented>
      ${failure(this.presses, "speed")}
    `;
  }

  #factors() {
    const { speed, capabilities } = this.printer;
    const rows = [
      this.#factor("set_speed_percent", t("controls.speed"), speed?.percent ?? null, capabilities.speed_bounds, setSpeedPercent),
      this.#factor("set_flow", t("controls.flow"), speed?.flow_pct ?? null, capabilities.flow_bounds, setFlow),
    ].filter((row) => row !== nothing);
    return rows.length === 0 ? nothing : html`<h3>${t("controls.factors")}</h3><ul class="rows">${rows}</ul>`;
  }

  #factor(kind: "set_speed_percent" | "set_flow", name: string, now: number | null, bounds: PercentBounds | null, send: typeof setFlow) {
    if (bounds === null || !this.can(kind)) return nothing;
    const lock = this.lock(kind);
    const set = (percent: number) =>
      this.presses.press(
        kind,
        () => send(this.transport, this.printer.id, percent),
        () => (kind === "set_flow" ? this.printer.speed?.flow_pct : this.printer.speed?.percent) === percent,
      );
    return html`
      <li>
        <odin-icon .path=${gauge}></odin-icon>
        <span>${name} ${isOnItsWay(this.presses.of(kind)) ? html`<small>${t("controls.on_its_way")}</small>` : nothing}</span>
        <span></span>
        <odin-stepper
          .value=${now}
          .empty=${t("kit.unknown")}
          .min=${bounds.min_pct}
          .max=${bounds.max_pct}
          .step=${FACTOR_STEP_PCT}
          .start=${AS_SLICED_PCT}
          unit=" %"
          .label=${name}
          .disabled=${lock !== ""}
          .reason=${lock}
          .phase=${this.presses.of(kind).phase}
          @odin-change=${(event: CustomEvent<{ value: number }>) => set(event.detail.value)}
        ></odin-stepper>
        ${failure(this.presses, kind)}
      </li>
    `;
  }

  #setSpeed(level: SpeedLevel) {
    return this.presses.press(
      "speed",
      () => setSpeed(this.transport, this.printer.id, level),
      () => this.printer.speed?.level === level,
    );
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-airflow": OdinPrinterAirflow;
  }
}
