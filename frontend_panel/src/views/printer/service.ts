import { css, html, nothing } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import type { ChangePrinter } from "../../api/types";
import { changePrinter, setMaintenance } from "../../api/upkeep";
import "../../components/icon/icon";
import { plate as plateIcon, show, wrench } from "../../components/icon/icons";
import { confirm } from "../../components/kit/confirm";
import "../../components/kit/press";
import "../../components/kit/switch";
import { t, word } from "../../localize";
import { cards, fields } from "../../theme/controls";
import { addressOf, followed } from "../app/place";
import { styles } from "./control-styles";
import { failure, isOnItsWay } from "./row";
import { PrinterSection } from "./section";

const SETTINGS = { page: "settings", section: "printers" } as const;

interface Setting {
  readonly key: string;
  readonly icon: string;
  readonly name: string;
  readonly what: string;
  readonly isOn: boolean;
  readonly lock: string;
  readonly set: (isOn: boolean) => unknown;
}

/**
 * How the machine is run: observed only, in maintenance, with a gate at its plate; and what it is.
 *
 * Properties: `printer`.
 */
@customElement("odin-printer-service")
export class OdinPrinterService extends PrinterSection {
  static override styles = [
    ...styles,
    cards,
    fields,
    css`
      .rows > li {
        grid-template-columns: 22px minmax(0, 1fr) auto;
        padding: 4px 0;
      }

      .rows small {
        display: block;
      }

      .note {
        display: grid;
        grid-column: 2 / -1;
        gap: 8px;
        justify-items: start;
        padding-bottom: 8px;
      }

      .facts {
        padding-top: 12px;
        border-top: 1px solid var(--o-line);
      }

      .facts dd {
        overflow-wrap: anywhere;
      }

      .card-head {
        margin-bottom: 0;
      }
    `,
  ];

  /** The note as it is typed, `undefined` while nobody does. */
  @state() private draft: string | undefined;
  @query("#note") private readonly note!: HTMLInputElement;

  protected override render() {
    return html`
      <section class="card" aria-labelledby="title">
        <div class="card-head">
          <h2 id="title">${t("service.title")}</h2>
          ${
            this.may("manage:printers")
              ? html`<a class="button plain end" href=${addressOf(SETTINGS)} @click=${followed(SETTINGS)}>${t("service.settings")}</a>`
              : nothing
          }
        </div>
        <ul class="rows">
          ${this.#settings().map((setting) => this.#row(setting))}
        </ul>
        ${this.#facts()}
      </section>
    `;
  }

  #settings(): readonly Setting[] {
    const { is_in_maintenance: isOut, is_observe_only: isObserved, plate } = this.printer;
    const lock = (isAllowed: boolean) => (!this.hearsEngine ? t("lock.not_live") : isAllowed ? "" : t("lock.permission"));
    const mayManage = lock(this.may("manage:printers"));
    return [
      {
        key: "maintenance",
        icon: wrench,
        name: t("service.maintenance"),
        what: isOut ? t("service.maintenance.on") : t("service.maintenance.off"),
        isOn: isOut,
        lock: lock(this.may("control:printers")),
        set: (isOn) => this.#setMaintenance(isOn, ""),
      },
      {
        key: "observe",
        icon: show,
        name: t("service.observe"),
        what: isObserved ? t("service.observe.on") : t("service.observe.off"),
        isOn: isObserved,
        lock: mayManage,
        set: (isOn) => this.#setObserved(isOn),
      },
      {
        key: "gate",
        icon: plateIcon,
        name: t("plate.gate"),
        what: plate.is_gated ? t("plate.gate.on") : t("plate.gate.off"),
        isOn: plate.is_gated,
        lock: mayManage,
        set: (isOn) => this.#change("gate", { is_plate_gated: isOn }, () => this.printer.plate.is_gated === isOn),
      },
    ];
  }

  #row({ key, icon, name, what, isOn, lock, set }: Setting) {
    return html`
      <li>
        <odin-icon .path=${icon}></odin-icon>
        <span>${name}<small>${what}</small></span>
        <odin-switch
          .checked=${isOn}
          .label=${name}
          .disabled=${lock !== ""}
          .reason=${lock}
          .pending=${isOnItsWay(this.presses.of(key))}
          @odin-change=${(event: CustomEvent<{ value: boolean }>) => set(event.detail.value)}
        ></odin-switch>
        ${key === "maintenance" && isOn && lock === "" ? this.#note() : nothing} ${failure(this.presses, key)}
      </li>
    `;
  }

  #note() {
    const isChanged = this.draft !== undefined && this.draft !== this.printer.maintenance_note;
    return html`
      <form class="note" @submit=${this.#noted}>
        <label class="hint" for="note">${t("service.maintenance.note")}</label>
        <input
          id="note"
          maxlength="200"
          autocomplete="off"
          .value=${this.draft ?? this.printer.maintenance_note}
          @input=${() => {
            this.draft = this.note.value;
          }}
        />
        ${isChanged ? html`<button class="button" type="submit">${t("service.maintenance.save")}</button>` : nothing}
      </form>
    `;
  }

  readonly #noted = async (event: Event): Promise<void> => {
    event.preventDefault();
    await this.#setMaintenance(true, this.note.value.trim());
    this.draft = undefined;
  };

  #setMaintenance(isOn: boolean, note: string) {
    return this.presses.press(
      "maintenance",
      () => setMaintenance(this.transport, this.printer.id, isOn, note),
      () => this.printer.is_in_maintenance === isOn,
    );
  }

  async #setObserved(isOn: boolean): Promise<void> {
    const question = {
      heading: t("service.observe.question", { name: this.printer.name }),
      text: t("service.observe.text"),
      label: t("service.observe.confirm"),
    };
    if (isOn && !(await confirm(this, question))) return;
    await this.#change("observe", { is_observe_only: isOn }, () => this.printer.is_observe_only === isOn);
  }

  #change(key: string, change: ChangePrinter, shows: () => boolean) {
    return this.presses.press(key, () => changePrinter(this.transport, this.printer.id, change), shows);
  }

  #facts() {
    const { printer } = this;
    return html`
      <dl class="facts">
        ${this.#fact(t("service.link"), word("link", printer.link))} ${this.#fact(t("service.address"), printer.host)}
        ${this.#fact(t("service.serial"), printer.serial ?? "")} ${this.#fact(t("service.firmware"), this.#firmware())}
        ${this.#fact(t("service.storage"), printer.storage ? word("storage", printer.storage) : "")}
        ${this.#fact(t("service.wifi"), printer.wifi_dbm === null ? "" : t("service.wifi.value", { dbm: printer.wifi_dbm }))}
        ${this.#fact(t("service.door"), this.#door())}
      </dl>
    `;
  }

  #fact(name: string, value: string) {
    return value === "" ? nothing : html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  }

  #firmware(): string {
    const { version, update, is_updating: isUpdating } = this.printer.firmware;
    if (version === null) return "";
    if (isUpdating) return t("service.firmware.updating", { version });
    return update === null ? version : t("service.firmware.update", { version, update });
  }

  #door(): string {
    const { is_door_open: isOpen } = this.printer;
    if (isOpen === null) return "";
    return isOpen ? t("service.door.open") : t("service.door.closed");
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-service": OdinPrinterService;
  }
}
