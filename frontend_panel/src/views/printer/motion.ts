import { html, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";

import { calibrate, homeAxes, jog } from "../../api/control";
import type { Axis, Calibration } from "../../api/types";
import "../../components/icon/icon";
import { back, calibrate as tune, down, home, lock as padlock, right, up } from "../../components/icon/icons";
import "../../components/kit/press";
import "../../components/kit/segmented";
import { t, word } from "../../localize";
import { styles } from "./motion-styles";
import { failure, fold } from "./row";
import { PrinterSection } from "./section";

/** The engine refuses more than 50 mm at a press. */
const STEPS_MM = ["0.1", "1", "10", "50"] as const;

/**
 * Moving the machine by hand: home, jog, calibrate; locked while a job runs.
 *
 * Properties: `printer`.
 */
@customElement("odin-printer-motion")
export class OdinPrinterMotion extends PrinterSection {
  static override styles = styles;

  @state() private step = "10";
  @state() private routines: ReadonlySet<string> = new Set();

  protected override render() {
    return html`
      ${this.can("jog") || this.can("home") ? this.#motion() : nothing} ${this.can("calibrate") ? this.#calibration() : nothing}
    `;
  }

  #motion() {
    const lock = this.lock("jog");
    return html`
      <details>
        ${fold(lock ? padlock : up, t("motion.title"), this.ownLock(lock))}
        <div class="inside">
          <p class="hint">${t("motion.home_first")}</p>
          <div class="pads">
            ${this.#plane(lock)} ${this.#height(lock)}
            <div class="side">
              <odin-segmented
                .options=${STEPS_MM.map((value) => ({ value, label: t("motion.mm", { value }) }))}
                .value=${this.step}
                .label=${t("motion.step")}
                @odin-change=${(event: CustomEvent<{ value: string }>) => {
                  this.step = event.detail.value;
                }}
              ></odin-segmented>
              ${this.can("home") ? this.#home() : nothing}
            </div>
          </div>
          ${failure(this.presses, "jog")}
        </div>
      </details>
    `;
  }

  #plane(lock: string) {
    if (!this.can("jog")) return nothing;
    return html`
      <div class="pad" role="group" aria-label=${t("motion.plane")}>
        ${this.#arrow("y", 1, up, lock)} ${this.#arrow("x", -1, back, lock)} <span class="middle">XY</span>
        ${this.#arrow("x", 1, right, lock)} ${this.#arrow("y", -1, down, lock)}
      </div>
    `;
  }

  #height(lock: string) {
    if (!this.can("jog")) return nothing;
    return html`
      <div class="pad tall" role="group" aria-label=${t("motion.height")}>
        ${this.#arrow("z", 1, up, lock)} <span class="middle">Z</span> ${this.#arrow("z", -1, down, lock)}
      </div>
    `;
  }

  #arrow(axis: Axis, sign: 1 | -1, icon: string, lock: string) {
    const label = t(`motion.${axis}${sign > 0 ? "_plus" : "_minus"}`, { step: this.step });
    return html`
      <button
        class="button icon-only arrow ${axis}${sign > 0 ? "plus" : "minus"}"
        type="button"
        title=${lock || label}
        aria-label=${label}
        aria-description=${lock || nothing}
        ?disabled=${lock !== ""}
        @click=${() => this.#jog(axis, sign)}
      >
        <odin-icon .path=${icon}></odin-icon>
      </button>
    `;
  }

  #jog(axis: Axis, sign: 1 | -1) {
    // One after the other: a second press while the first is on its way is dropped, not queued.
    return this.presses.press("jog", () => jog(this.transport, this.printer.id, axis, sign * Number(this.step)));
  }

  #home() {
    const lock = this.lock("home");
    return html`
      <odin-press
        .press=${this.presses.of("home")}
        .icon=${home}
        .disabled=${lock !== ""}
        .reason=${lock}
        @click=${() => this.presses.press("home", () => homeAxes(this.transport, this.printer.id))}
        @odin-forget=${() => {
          this.presses.forget("home");
        }}
        >${t("motion.home")}</odin-press
      >
    `;
  }

  #calibration() {
    const { calibrations } = this.printer.capabilities;
    if (calibrations.length === 0) return nothing;
    const lock = this.lock("calibrate");
    return html`
      <details>
        ${fold(lock ? padlock : tune, t("calibrate.title"), this.ownLock(lock))}
        <div class="inside">
          <p class="hint">${t("calibrate.what")}</p>
          <ul class="choices">
            ${calibrations.map(
              (name) => html`
                <li>
                  <label>
                    <input
                      type="checkbox"
                      .checked=${this.routines.has(name)}
                      ?disabled=${lock !== ""}
                      @change=${() => {
                        this.#toggled(name);
                      }}
                    />
                    ${word("calibration", name)}
                  </label>
                </li>
              `,
            )}
          </ul>
          ${this.#calibrateButton(lock)}
        </div>
      </details>
    `;
  }

  #calibrateButton(lock: string) {
    const reason = lock || (this.routines.size === 0 ? t("calibrate.choose") : "");
    return html`
      <odin-press
        .press=${this.presses.of("calibrate")}
        .icon=${tune}
        .disabled=${reason !== ""}
        .reason=${reason}
        @click=${() => this.#calibrate()}
        @odin-forget=${() => {
          this.presses.forget("calibrate");
        }}
        >${t("calibrate.start")}</odin-press
      >
    `;
  }

  #toggled(name: string): void {
    const chosen = new Set(this.routines);
    if (!chosen.delete(name)) chosen.add(name);
    this.routines = chosen;
  }

  async #calibrate(): Promise<void> {
    const routines = this.printer.capabilities.calibrations.filter((name) => this.routines.has(name)) as Calibration[];
    const wasTaken = await this.presses.press("calibrate", () => calibrate(this.transport, this.printer.id, routines));
    if (wasTaken) this.routines = new Set();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-motion": OdinPrinterMotion;
  }
}
