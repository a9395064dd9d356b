import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";

import { clearErrors, pausePrint, resumePrint, setLight, stopPrint } from "../../api/control";
import type { Printer } from "../../api/types";
import { check, light, pause, play, stop } from "../../components/icon/icons";
import { confirm } from "../../components/kit/confirm";
import "../../components/kit/press";
import { isRunning, jobName } from "../../components/printer-tile/summary";
import { t, word } from "../../localize";
import type { Services } from "../../services";
import { servicesContext } from "../../services";
import { Presses } from "../../store/presses";
import { isPlateToClear } from "../../store/printers";
import { helpsOf } from "../printer/helps";
import { stopText } from "../printer/job-text";
import type { CommandKind } from "../printer/locks";
import { knows, lockOf } from "../printer/locks";
import { actionStyles } from "./card-actions-styles";
import { clearOne } from "./clearing";
import type { CardSize } from "./selection";

interface Action {
  readonly name: string;
  readonly kind: CommandKind;
  readonly look?: "" | "primary" | "outline-danger";
  readonly icon: string;
  readonly label: string;
  /** Only its icon is drawn. */
  readonly isSmall?: boolean;
  readonly run: () => unknown;
}

/**
 * What can be done at a printer without opening it: what it waits for, and in the larger sizes pause, stop and light.
 *
 * Properties: `printer`, `size`, `mayControl`, `hearsEngine`.
 */
@customElement("odin-card-actions")
export class OdinCardActions extends LitElement {
  static override styles = actionStyles;

  @property({ attribute: false }) printer!: Printer;
  @property({ reflect: true }) size: CardSize = "M";
  @property({ type: Boolean, attribute: "may-control" }) mayControl = false;
  @property({ type: Boolean, attribute: "hears-engine" }) hearsEngine = true;
  @consume({ context: servicesContext }) private readonly services!: Services;
  readonly #presses = new Presses(this);

  protected override willUpdate(): void {
    const actions = this.#actions();
    this.hidden = !this.mayControl || (actions.length === 0 && !isPlateToClear(this.printer));
  }

  protected override render() {
    if (!this.mayControl) return nothing;
    if (isPlateToClear(this.printer)) return this.#cleared();
    return this.#actions().map((action) => this.#button(action));
  }

  /** Returns what makes sense now, the most useful first; only that in a small card. */
  #actions(): readonly Action[] {
    const { printer } = this;
    if (!printer.is_live && !isRunning(printer)) return [];
    const helps = this.#helping();
    if (this.size === "S" || this.size === "M") return helps.slice(0, 1);
    const more = [...helps, ...this.#running()].filter(({ kind }) => knows(printer, kind));
    return printer.is_live || this.size === "XL" ? more : [];
  }

  #helping(): readonly Action[] {
    return helpsOf(this.printer).map((kind) => (kind === "resume" ? this.#resume() : this.#clearErrors()));
  }

  #running(): readonly Action[] {
    const { printer } = this;
    const runs = isRunning(printer);
    return [
      ...(runs && printer.activity !== "paused" ? [this.#pause()] : []),
      ...(runs ? [this.#stop()] : []),
      ...(printer.lights.length > 0 ? [this.#light()] : []),
    ];
  }

  #resume(): Action {
    return {
      name: "resume",
      kind: "resume",
      look: "primary",
      icon: play,
      label: t("job.resume"),
      run: () =>
        this.#presses.press(
          "resume",
          () => resumePrint(this.services.transport, this.printer.id),
          () => this.printer.activity !== "paused",
        ),
    };
  }

  #clearErrors(): Action {
    return {
      name: "faults",
      kind: "clear_faults",
      icon: check,
      label: t("card.clear_faults"),
      run: () =>
        this.#presses.press(
          "faults",
          () => clearErrors(this.services.transport, this.printer.id),
          () => this.printer.faults.length === 0,
        ),
    };
  }

  #pause(): Action {
    return {
      name: "pause",
      kind: "pause",
      icon: pause,
      label: t("job.pause"),
      run: () =>
        this.#presses.press(
          "pause",
          () => pausePrint(this.services.transport, this.printer.id),
          () => this.printer.activity === "paused",
        ),
    };
  }

  #stop(): Action {
    return {
      name: "stop",
      kind: "stop",
      look: "outline-danger",
      icon: stop,
      label: t("job.stop"),
      isSmall: true,
      run: () => this.#askedToStop(),
    };
  }

  #light(): Action {
    const [lamp] = this.printer.lights;
    const isOn = lamp?.mode !== "off";
    const name = word("light", lamp?.name ?? "");
    return {
      name: "light",
      kind: "set_light",
      icon: light,
      label: t(isOn ? "camera.light_off" : "camera.light_on", { light: name }),
      isSmall: true,
      run: () =>
        this.#presses.press(
          "light",
          () => setLight(this.services.transport, this.printer.id, lamp?.name ?? "", isOn ? "off" : "on"),
          () => (this.printer.lights[0]?.mode !== "off") !== isOn,
        ),
    };
  }

  #button({ name, kind, look, icon, label, isSmall, run }: Action) {
    const lock = lockOf(this.printer, kind, { mayControl: this.mayControl, hearsEngine: this.hearsEngine });
    return html`
      <odin-press
        .press=${this.#presses.of(name)}
        .kind=${look ?? ""}
        .icon=${icon}
        .label=${isSmall === true ? label : ""}
        .disabled=${lock !== ""}
        .reason=${lock}
        @click=${run}
        @odin-forget=${() => {
          this.#presses.forget(name);
        }}
        >${isSmall === true ? nothing : label}</odin-press
      >
    `;
  }

  #cleared() {
    return html`
      <odin-press
        class="cleared"
        .press=${this.#presses.of("clear")}
        .icon=${check}
        .disabled=${!this.hearsEngine}
        .reason=${t("lock.not_live")}
        @click=${() =>
          this.#presses.press(
            "clear",
            () => clearOne(this.services, this.printer),
            () => this.printer.plate.state === "clear",
          )}
        @odin-forget=${() => {
          this.#presses.forget("clear");
        }}
        >${t("plate.cleared")}</odin-press
      >
    `;
  }

  async #askedToStop(): Promise<void> {
    const { printer } = this;
    const isSure = await confirm(this, {
      heading: t("job.stop.question", { name: jobName(printer) }),
      text: stopText(printer),
      label: t("job.stop"),
      isDangerous: true,
    });
    if (!isSure) return;
    await this.#presses.press(
      "stop",
      () => stopPrint(this.services.transport, printer.id),
      () => !isRunning(this.printer),
    );
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-card-actions": OdinCardActions;
  }
}
