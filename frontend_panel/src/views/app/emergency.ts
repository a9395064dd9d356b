import { consume } from "@lit/context";
import { LitElement, html } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import { emergencyStop } from "../../api/printers";
import { ApiError } from "../../api/transport";
import "../../components/emergency-stop/emergency-stop";
import type { OdinEmergencyStop, StopProgress } from "../../components/emergency-stop/emergency-stop";
import type { Services } from "../../services";
import { servicesContext } from "../../services";
import { selectEnabled, selectRunning } from "../../store/printers";
import { Slice } from "../../store/store";

/** The emergency stop of every printer, as it hangs in the frame. Methods: `ask()`. */
@customElement("odin-stop-everything")
export class OdinStopEverything extends LitElement {
  @consume({ context: servicesContext }) private readonly services!: Services;
  @state() private progress: StopProgress = { phase: "rest" };
  @query("odin-emergency-stop") private readonly button!: OdinEmergencyStop;
  readonly #running = new Slice(this, () => this.services.store, selectRunning);
  readonly #enabled = new Slice(this, () => this.services.store, selectEnabled);

  /** Opens the question; nothing is stopped before it is answered. */
  ask(): void {
    this.button.ask();
  }

  protected override render() {
    return html`
      <odin-emergency-stop
        .running=${this.#running.value ?? []}
        .count=${this.#enabled.value?.length ?? 0}
        .progress=${this.progress}
        @odin-emergency-stop=${this.#stopped}
        @odin-emergency-rest=${this.#rested}
      ></odin-emergency-stop>
    `;
  }

  readonly #stopped = async (): Promise<void> => {
    this.progress = { phase: "sending" };
    try {
      this.progress = { phase: "answered", outcomes: await emergencyStop(this.services.transport) };
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
    "odin-stop-everything": OdinStopEverything;
  }
}
