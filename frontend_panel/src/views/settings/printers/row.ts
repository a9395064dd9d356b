import { LitElement, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Printer } from "../../../api/types";
import "../../../components/icon/icon";
import { bin, certificate, connect, down, edit, grip, power, printer as printerIcon, show, tag, up, wrench } from "../../../components/icon/icons";
import "../../../components/menu/menu";
import type { MenuItem } from "../../../components/menu/menu";
import "../../../components/state-pill/state-pill";
import type { Look } from "../../../components/state-pill/state-pill";
import { t, word } from "../../../localize";
import { base, buttons } from "../../../theme/controls";
import { addressOf } from "../../app/place";
import { rowStyles } from "./styles";

const LOOKS: Readonly<Record<Printer["link"], Look>> = {
  online: "finished",
  connecting: "preparing",
  no_report: "attention",
  stale: "offline",
  offline: "offline",
  unauthorised: "attention",
  certificate_changed: "attention",
  disabled: "idle",
};

/**
 * One printer of the register: a grip to pull it by, what it is, how it is heard, and what can be done with it.
 *
 * Properties: `printer`, `index`, `count`, `isSelected`. Events: `odin-grip` (`detail.event`, the press), `odin-move`
 * (`detail.value`, the place it should get), `odin-pick` (`detail.value`), `odin-edit`, `odin-deed` (`detail.value`, what
 * was chosen).
 */
@customElement("odin-registry-row")
export class OdinRegistryRow extends LitElement {
  static override styles = [base, buttons, rowStyles];

  @property({ attribute: false }) printer!: Printer;
  @property({ type: Number }) index = 0;
  @property({ type: Number }) count = 1;
  @property({ type: Boolean, attribute: "selected", reflect: true }) isSelected = false;

  protected override render() {
    const { printer } = this;
    return html`
      <button
        class="grip"
        type="button"
        title=${t("registry.grip")}
        aria-label=${t("registry.grip_named", { name: printer.name, place: this.index + 1, count: this.count })}
        aria-keyshortcuts="ArrowUp ArrowDown"
        @pointerdown=${this.#gripped}
        @keydown=${this.#keyed}
      >
        <odin-icon .path=${grip}></odin-icon>
      </button>
      <label class="pick">
        <input type="checkbox" .checked=${this.isSelected} aria-label=${t("registry.pick", { name: printer.name })} @change=${this.#picked} />
      </label>
      <button class="name" type="button" @click=${this.#edited}>
        <b class="clip">${printer.name}</b>
        <span class="sub clip">${[printer.model?.name, printer.host].filter(Boolean).join(" · ")}</span>
      </button>
      <odin-state-pill
        .look=${LOOKS[printer.link]}
        .label=${word("registry.link", printer.link)}
        title=${[printer.link_text, printer.link_remedy].filter(Boolean).join(" ")}
      ></odin-state-pill>
      <ul class="marks">
        ${this.#marks()}
      </ul>
      <span class="actions">
        <button class="button plain icon-only edit" type="button" aria-label=${t("registry.edit_named", { name: printer.name })} title=${t("registry.edit")} @click=${this.#edited}>
          <odin-icon .path=${edit}></odin-icon>
        </button>
        <odin-menu .label=${t("registry.more_named", { name: printer.name })} .items=${this.#items()} @odin-select=${this.#chosen}></odin-menu>
      </span>
    `;
  }

  #marks() {
    const { printer } = this;
    return html`
      ${printer.is_observe_only ? html`<li><odin-icon .path=${show}></odin-icon>${t("registry.observe_only")}</li>` : nothing}
      ${
        printer.is_in_maintenance
          ? html`
              <li title=${printer.maintenance_note}>
                <odin-icon .path=${wrench}></odin-icon><span class="clip">${printer.maintenance_note || t("registry.maintenance")}</span>
              </li>
            `
          : nothing
      }
      ${printer.plate.is_gated ? nothing : html`<li>${t("registry.no_gate")}</li>`}
      ${printer.tags.map((name) => html`<li class="tag"><odin-icon .path=${tag}></odin-icon><span class="clip">${name}</span></li>`)}
    `;
  }

  #items(): readonly MenuItem[] {
    const { printer, index, count } = this;
    return [
      { id: "open", label: t("registry.open"), icon: printerIcon, href: addressOf({ page: "printer", id: printer.id }) },
      ...(printer.link === "certificate_changed" ? [{ id: "edit", label: t("registry.compare"), icon: certificate }] : []),
      { id: "check", label: t("registry.check"), icon: connect },
      ...(index > 0 ? [{ id: "up", label: t("registry.up"), icon: up }] : []),
      ...(index < count - 1 ? [{ id: "down", label: t("registry.down"), icon: down }] : []),
      {
        id: "maintenance",
        label: printer.is_in_maintenance ? t("registry.maintenance.end") : t("registry.maintenance.start"),
        icon: wrench,
      },
      { id: "enable", label: printer.is_enabled ? t("registry.disable") : t("registry.enable"), icon: power },
      { id: "remove", label: t("registry.remove"), icon: bin, isDangerous: true },
    ];
  }

  readonly #gripped = (event: PointerEvent): void => {
    this.dispatchEvent(new CustomEvent("odin-grip", { detail: { event } }));
  };

  readonly #keyed = (event: KeyboardEvent): void => {
    const to = { ArrowUp: this.index - 1, ArrowDown: this.index + 1, Home: 0, End: this.count - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#move(to);
  };

  readonly #picked = (event: Event): void => {
    this.#tell("odin-pick", (event.currentTarget as HTMLInputElement).checked);
  };

  readonly #edited = (): void => {
    this.#tell("odin-edit", this.printer.id);
  };

  readonly #chosen = (event: CustomEvent<{ value: string }>): void => {
    const { value } = event.detail;
    if (value === "up") this.#move(this.index - 1);
    else if (value === "down") this.#move(this.index + 1);
    else if (value === "edit") this.#edited();
    else this.#tell("odin-deed", value);
  };

  #move(to: number): void {
    if (to >= 0 && to < this.count) this.#tell("odin-move", to);
  }

  #tell(name: string, value: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail: { value } }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-registry-row": OdinRegistryRow;
  }
}
