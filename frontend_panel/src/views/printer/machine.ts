import { html, nothing } from "lit";
import { customElement } from "lit/decorators.js";

import { selectTool, setPower, tellHost } from "../../api/control";
import type { HostVerb } from "../../api/control";
import type { PowerDevice } from "../../api/types";
import "../../components/icon/icon";
import { connect, refresh, socket } from "../../components/icon/icons";
import { confirm } from "../../components/kit/confirm";
import "../../components/kit/press";
import "../../components/kit/segmented";
import "../../components/kit/switch";
import { named, t } from "../../localize";
import { styles } from "./control-styles";
import { nozzleName } from "./heaters";
import { failure, isOnItsWay } from "./row";
import { PrinterSection } from "./section";

interface Verb {
  readonly kind: "connect_machine" | "disconnect_machine" | "restart_firmware" | "restart_host";
  readonly verb: HostVerb;
  readonly icon: string;
  /** Restarting and leaving end what runs on the host: worth a question. */
  readonly asks: boolean;
}

const VERBS: readonly Verb[] = [
  { kind: "connect_machine", verb: "connect", icon: connect, asks: false },
  { kind: "disconnect_machine", verb: "disconnect", icon: connect, asks: true },
  { kind: "restart_firmware", verb: "restart-firmware", icon: refresh, asks: true },
  { kind: "restart_host", verb: "restart-host", icon: refresh, asks: true },
];

/**
 * The tool that works, the switches of the machine's host, and the way back to a machine that its host has lost.
 *
 * Properties: `printer`.
 */
@customElement("odin-printer-machine")
export class OdinPrinterMachine extends PrinterSection {
  static override styles = styles;

  protected override render() {
    const devices = this.can("set_power") ? this.printer.power_devices : [];
    const verbs = VERBS.filter(({ kind }) => this.can(kind));
    return html`
      ${this.can("select_tool") && this.printer.capabilities.heads > 1 ? this.#tools() : nothing}
      ${
        devices.length > 0
          ? html`<h3>${t("machine.power")}</h3><ul class="rows">${devices.map((device) => this.#device(device))}</ul>`
          : nothing
      }
      ${
        verbs.length > 0
          ? html`<h3>${t("machine.host")}</h3><div class="line">${verbs.map((each) => this.#verb(each))}</div>${this.#why(verbs.map(({ kind }) => this.lock(kind)).find(Boolean) ?? "")}`
          : nothing
      }
    `;
  }

  /** Said in words as well: on a screen that is touched nothing is hovered over. */
  #why(lock: string) {
    const why = this.ownLock(lock);
    return why === "" ? nothing : html`<p class="hint">${why}</p>`;
  }

  #tools() {
    const { nozzles, capabilities } = this.printer;
    const lock = this.lock("select_tool");
    const active = nozzles.find(({ is_active: isActive }) => isActive)?.id;
    const options = Array.from({ length: capabilities.heads }, (_, head) => ({
      value: String(head),
      label: nozzleName(head, capabilities.heads, capabilities.head_names),
      title: lock,
    }));
    const choose = (value: string) =>
      this.presses.press(
        "tool",
        () => selectTool(this.transport, this.printer.id, Number(value)),
        () => this.printer.nozzles.some(({ id, is_active: isActive }) => isActive && id === Number(value)),
      );
    return html`
      <h3>
        ${t("machine.tool")} ${isOnItsWay(this.presses.of("tool")) ? html`<small>${t("controls.on_its_way")}</small>` : nothing}
      </h3>
      <odin-segmented
        class="wide"
        .options=${options}
        .value=${active === undefined ? "" : String(active)}
        .label=${t("machine.tool")}
        .disabled=${lock !== ""}
        @odin-change=${(event: CustomEvent<{ value: string }>) => choose(event.detail.value)}
      ></odin-segmented>
      ${this.#why(lock)} ${failure(this.presses, "tool")}
    `;
  }

  #device({ name, is_on: isOn, is_locked: isLocked }: PowerDevice) {
    const lock = this.lock("set_power") || (isLocked ? t("machine.power.locked") : "");
    const [key, label] = [`power-${name}`, named("power", name)];
    return html`
      <li>
        <odin-icon .path=${socket}></odin-icon>
        <span>${label} <small>${isLocked ? t("machine.power.locked") : isOn === null ? t("kit.unknown") : nothing}</small></span>
        <span></span>
        <odin-switch
          .checked=${isOn === true}
          .label=${label}
          .disabled=${lock !== ""}
          .reason=${lock}
          .pending=${isOnItsWay(this.presses.of(key))}
          @odin-change=${(event: CustomEvent<{ value: boolean }>) => this.#switched(name, key, event.detail.value)}
        ></odin-switch>
        ${failure(this.presses, key)}
      </li>
    `;
  }

  #verb({ kind, verb, icon, asks }: Verb) {
    const lock = this.lock(kind);
    const label = t(`machine.${kind}`);
    const run = async () => {
      const question = { heading: t(`machine.${kind}.question`), text: t(`machine.${kind}.what`), label, isDangerous: true };
      if (asks && !(await confirm(this, question))) return;
      await this.presses.press(kind, () => tellHost(this.transport, this.printer.id, verb));
    };
    return html`
      <odin-press
        .press=${this.presses.of(kind)}
        .icon=${icon}
        .disabled=${lock !== ""}
        .reason=${lock}
        @click=${run}
        @odin-forget=${() => {
          this.presses.forget(kind);
        }}
        >${label}</odin-press
      >
    `;
  }

  async #switched(name: string, key: string, isOn: boolean): Promise<void> {
    const question = { heading: t("machine.power.question", { name: named("power", name) }), text: t("machine.power.what"), label: t("machine.power.off"), isDangerous: true };
    if (!isOn && !(await confirm(this, question))) {
      this.requestUpdate();
      return;
    }
    await this.presses.press(
      key,
      () => setPower(this.transport, this.printer.id, name, isOn),
      () => this.printer.power_devices.find((each) => each.name === name)?.is_on === isOn,
    );
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-machine": OdinPrinterMachine;
  }
}
