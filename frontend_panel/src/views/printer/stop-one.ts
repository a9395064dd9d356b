import { html } from "lit";
import { customElement, state } from "lit/decorators.js";

import { emergencyStopOne } from "../../api/control";
import { ApiError } from "../../api/transport";
import "../../components/emergency-stop/emergency-stop";
import type { StopProgress } from "../../components/emergency-stop/emergency-stop";
import { isRunning } from "../../components/printer-tile/summary";
import { PrinterSection } from "./section";

/**
 * The emergency stop of this printer alone.
 *
 * Properties: `printer`.
 */
@customElement("odin-stop-one")
export class OdinStopOne extends PrinterSection {
  @state() private progress: StopProgress = { phase: "rest" };

  protected override render() {
    return html`
      <odin-emergency-stop
        .running=${isRunning(this.printer) ? [this.printer] : []}
        .count=${1}
        .name=${this.printer.name}
        .progress=${this.progress}
        @odin-emergency-stop=${this.#stopped}
        @odin-emergency-rest=${this.#rested}
      ></odin-emergency-stop>
    `;
  }

  readonly #stopped = async (): Promise<void> => {
    this.progress = { phase: "sending" };
    try {
      this.progress = { phase: "answered", outcomes: [await emergencyStopOne(this.transport, this.printer.id)] };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.progress = { phase: "undelivered", reason: error.message };
    }
  };

  readonly #rested = (): void => {
    this.progress = { phase: "rest" };
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-stop-one": OdinStopOne;
  }
}
