import { css, html, nothing } from "lit";
import { customElement } from "lit/decorators.js";

import { setDetector, setLight, setTimelapse } from "../../api/control";
import type { Detector, Sensitivity } from "../../api/types";
import "../../components/icon/icon";
import { detector as watcher, light, timelapse } from "../../components/icon/icons";
import "../../components/kit/segmented";
import "../../components/kit/switch";
import { plural, t, word } from "../../localize";
import { styles } from "./control-styles";
import { failure, fold, isOnItsWay } from "./row";
import { PrinterSection } from "./section";

const SENSITIVITIES: readonly Sensitivity[] = ["low", "medium", "high"];

/**
 * What is on or off: lights, timelapse, and the printer's own detectors.
 *
 * Properties: `printer`.
 */
@customElement("odin-printer-switches")
export class OdinPrinterSwitches extends PrinterSection {
  static override styles = [
    ...styles,
    css`
      .more {
        grid-column: 2 / -1;
        display: flex;
        flex-wrap: wrap;
        gap: 6px 14px;
        align-items: center;
        padding-bottom: 10px;
      }

      .pair {
        display: inline-flex;
        gap: 10px;
        align-items: center;
        margin-left: auto;
      }
    `,
  ];

  protected override render() {
    const lights = this.can("set_light") ? this.printer.capabilities.lights : [];
    const hasTimelapse = this.can("set_timelapse");
    return html`
      ${
        lights.length > 0 || hasTimelapse
          ? html`
              <h3>${t("controls.machine")}</h3>
              <ul class="rows">
                ${lights.map((name) => this.#light(name))} ${hasTimelapse ? this.#timelapse() : nothing}
              </ul>
            `
          : nothing
      }
      ${this.can("set_detector") ? this.#detectors() : nothing}
    `;
  }

  #light(name: string) {
    const mode = this.printer.lights.find((each) => each.name === name)?.mode;
    const wants = (on: boolean) => (on ? "on" : "off");
    const note = mode === undefined ? t("kit.unknown") : mode === "flashing" ? t("light.flashing") : "";
    return this.#row(`light-${name}`, light, word("light", name), note, "set_light", mode !== undefined && mode !== "off", (on) =>
      this.presses.press(
        `light-${name}`,
        () => setLight(this.transport, this.printer.id, name, wants(on)),
        () => this.printer.lights.find((each) => each.name === name)?.mode === wants(on),
      ),
    );
  }

  #timelapse() {
    const { is_timelapse_on: isOn } = this.printer;
    const note = isOn === null ? t("kit.unknown") : t("timelapse.what");
    return this.#row("timelapse", timelapse, t("timelapse.name"), note, "set_timelapse", isOn === true, (on) =>
      this.presses.press(
        "timelapse",
        () => setTimelapse(this.transport, this.printer.id, on),
        () => this.printer.is_timelapse_on === on,
      ),
    );
  }

  #row(
    key: string,
    icon: string,
    name: string,
    note: string,
    kind: "set_light" | "set_timelapse",
    isOn: boolean,
    set: (on: boolean) => unknown,
  ) {
    const lock = this.lock(kind);
    return html`
      <li>
        <odin-icon .path=${icon}></odin-icon>
        <span>${name} <small>${note}</small></span>
        <span></span>
        <odin-switch
          .checked=${isOn}
          .label=${name}
          .disabled=${lock !== ""}
          .reason=${lock}
          .pending=${isOnItsWay(this.presses.of(key))}
          @odin-change=${(event: CustomEvent<{ value: boolean }>) => set(event.detail.value)}
        ></odin-switch>
        ${failure(this.presses, key)}
      </li>
    `;
  }

  #detectors() {
    const names = this.printer.capabilities.detectors;
    if (names.length === 0) return nothing;
    const on = this.printer.detectors.filter((each) => names.includes(each.name) && each.is_enabled).length;
    return html`
      <details>
        ${fold(watcher, t("detector.title"), plural("detector.on", on, { all: names.length }))}
        <div class="inside">
          <p class="hint">${t("detector.what")}</p>
          <ul class="rows">
            ${names.map((name) => this.#detector(name))}
          </ul>
        </div>
      </details>
    `;
  }

  #detector(name: string) {
    const found = this.printer.detectors.find((each) => each.name === name);
    const lock = this.lock("set_detector");
    const key = `detector-${name}`;
    return html`
      <li>
        <odin-icon .path=${watcher}></odin-icon>
        <span>${word("detector.name", name)} <small>${found ? "" : t("kit.unknown")}</small></span>
        <span></span>
        <odin-switch
          .checked=${found?.is_enabled ?? false}
          .label=${word("detector.name", name)}
          .disabled=${lock !== ""}
          .reason=${lock}
          .pending=${isOnItsWay(this.presses.of(key))}
          @odin-change=${(event: CustomEvent<{ value: boolean }>) => this.#set(name, { is_enabled: event.detail.value })}
        ></odin-switch>
        ${found?.is_enabled && (found.sensitivity !== null || found.halts !== null) ? this.#more(found, lock) : nothing}
        ${failure(this.presses, key)}
      </li>
    `;
  }

  #more({ name, sensitivity, halts }: Detector, lock: string) {
    const label = word("detector.name", name);
    return html`
      <div class="more">
        ${
          sensitivity === null
            ? nothing
            : html`
                <odin-segmented
                  .options=${SENSITIVITIES.map((value) => ({ value, label: word("sensitivity", value) }))}
                  .value=${sensitivity}
                  .label=${t("detector.sensitivity", { name: label })}
                  .disabled=${lock !== ""}
                  @odin-change=${(event: CustomEvent<{ value: Sensitivity }>) =>
                    this.#set(name, { sensitivity: event.detail.value })}
                ></odin-segmented>
              `
        }
        ${
          halts === null
            ? nothing
            : html`
                <span class="pair">
                  <small>${t("detector.halts")}</small>
                  <odin-switch
                    .checked=${halts}
                    .label=${t("detector.halts_named", { name: label })}
                    .disabled=${lock !== ""}
                    .reason=${lock}
                    .pending=${isOnItsWay(this.presses.of(`detector-${name}`))}
                    @odin-change=${(event: CustomEvent<{ value: boolean }>) => this.#set(name, { halts: event.detail.value })}
                  ></odin-switch>
                </span>
              `
        }
      </div>
    `;
  }

  /** The whole setting travels: what is not changed stays as the printer has it. */
  #set(name: string, change: Partial<Pick<Detector, "is_enabled" | "sensitivity" | "halts">>) {
    const before = this.printer.detectors.find((each) => each.name === name);
    const setting = {
      enabled: change.is_enabled ?? before?.is_enabled ?? true,
      sensitivity: change.sensitivity ?? before?.sensitivity ?? null,
      halts: change.halts ?? before?.halts ?? true,
    };
    return this.presses.press(
      `detector-${name}`,
      () => setDetector(this.transport, this.printer.id, name, setting),
      () => {
        const now = this.printer.detectors.find((each) => each.name === name);
        return now !== undefined && Object.entries(change).every(([field, value]) => now[field as keyof Detector] === value);
      },
    );
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-switches": OdinPrinterSwitches;
  }
}
