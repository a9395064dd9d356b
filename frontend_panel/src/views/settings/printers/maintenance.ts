import { html } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { Printer } from "../../../api/types";
import { setMaintenance } from "../../../api/upkeep";
import "../../../components/dialog/dialog";
import { area } from "../../../components/field/field";
import "../../../components/kit/press";
import { t } from "../../../localize";
import { SettingsSection } from "../section";
import { sectionStyles } from "../section-styles";

/**
 * Asks for a note before a printer goes into maintenance.
 *
 * Properties: `printer` (`undefined` is closed). Events: `odin-close`.
 */
@customElement("odin-maintenance-dialog")
export class OdinMaintenanceDialog extends SettingsSection {
  static override styles = sectionStyles;

  @property({ attribute: false }) printer: Printer | undefined;
  @state() private note = "";

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("printer")) this.note = "";
  }

  protected override render() {
    return html`
      <odin-dialog
        .isOpen=${this.printer !== undefined}
        .heading=${t("registry.maintenance.heading", { name: this.printer?.name ?? "" })}
        @odin-close=${this.#closed}
      >
        <p>${t("registry.maintenance.text")}</p>
        ${area({
          name: "note",
          label: t("registry.maintenance.note"),
          hint: t("registry.maintenance.note.hint"),
          value: this.note,
          isOptional: true,
          onInput: this.#typed,
        })}
        <button slot="actions" class="button" type="button" @click=${this.#closed}>${t("confirm.no")}</button>
        <odin-press
          slot="actions"
          kind="primary"
          .press=${this.presses.of("start")}
          @click=${this.#started}
          @odin-forget=${() => {
            this.presses.forget("start");
          }}
          >${t("registry.maintenance.yes")}</odin-press
        >
      </odin-dialog>
    `;
  }

  readonly #typed = (_: string, value: string): void => {
    this.note = value;
  };

  readonly #started = async (): Promise<void> => {
    const { printer } = this;
    if (!printer) return;
    const call = () => setMaintenance(this.transport, printer.id, true, this.note.trim());
    if (await this.act("start", call, t("registry.maintenance.started", { name: printer.name }))) this.#closed();
  };

  readonly #closed = (): void => {
    this.presses.forget("start");
    this.dispatchEvent(new CustomEvent("odin-close"));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-maintenance-dialog": OdinMaintenanceDialog;
  }
}
