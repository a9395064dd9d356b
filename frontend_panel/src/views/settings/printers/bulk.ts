import { css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { changeMany } from "../../../api/registry";
import type { BulkAction, BulkResult, Printer } from "../../../api/types";
import "../../../components/dialog/dialog";
import { field } from "../../../components/field/field";
import { bin, close, power, tag as tagIcon, wrench } from "../../../components/icon/icons";
import { confirm } from "../../../components/kit/confirm";
import "../../../components/kit/press";
import "../../../components/menu/menu";
import type { MenuItem } from "../../../components/menu/menu";
import { plural, t } from "../../../localize";
import { SettingsSection } from "../section";
import { sectionStyles } from "../section-styles";

/**
 * What can be done to all selected printers at once, and which of them refused.
 *
 * Properties: `printers` (the selected ones), `known` (tags to offer). Events: `odin-clear`.
 */
@customElement("odin-registry-bulk")
export class OdinRegistryBulk extends SettingsSection {
  static override styles = [
    ...sectionStyles,
    css`
      :host {
        position: sticky;
        bottom: 16px;
        z-index: 3;
      }

      .bar {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 8px;
        align-items: center;
        padding: 8px 8px 8px 16px;
        border: 1px solid var(--o-line-strong);
        border-radius: var(--o-r-card);
        background: var(--o-raised);
        box-shadow: var(--o-shadow);
      }

      .bar b {
        margin-right: auto;
      }

      .results {
        flex: 1 1 100%;
        padding: 4px 8px 8px 0;
      }

      .results li {
        overflow-wrap: anywhere;
      }

      @container (max-width: 699px) {
        :host {
          bottom: calc(76px + var(--o-safe-bottom));
        }
      }
    `,
  ];

  @property({ attribute: false }) printers: readonly Printer[] = [];
  @property({ attribute: false }) known: readonly string[] = [];
  @state() private refused: readonly BulkResult[] = [];
  @state() private tagging: { readonly action: "add_tag" | "remove_tag"; readonly tag: string } | undefined;

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("printers") && this.printers.length === 0) this.refused = [];
  }

  protected override render() {
    const { printers } = this;
    if (printers.length === 0) return nothing;
    return html`
      <div class="bar" role="group" aria-label=${t("many.title")}>
        <b>${plural("many.selected", printers.length)}</b>
        <odin-press .press=${this.presses.of("bulk")} .icon=${tagIcon} @click=${this.#tagged} @odin-forget=${this.#forgot}>${t("many.add_tag")}</odin-press>
        <odin-menu .label=${t("many.more")} .items=${this.#items()} @odin-select=${this.#chosen}></odin-menu>
        <button class="button plain icon-only" type="button" aria-label=${t("many.clear")} title=${t("many.clear")} @click=${this.#cleared}>
          <odin-icon .path=${close}></odin-icon>
        </button>
        ${this.#results()}
      </div>
      ${this.#dialog()}
    `;
  }

  #items(): readonly MenuItem[] {
    const { printers } = this;
    const any = (test: (printer: Printer) => boolean) => printers.some(test);
    return [
      ...(any(({ tags }) => tags.length > 0) ? [{ id: "remove_tag", label: t("many.remove_tag"), icon: bin }] : []),
      ...(any((each) => !each.is_enabled) ? [{ id: "enable", label: t("many.enable"), icon: power }] : []),
      ...(any((each) => each.is_enabled) ? [{ id: "disable", label: t("many.disable"), icon: power }] : []),
      ...(any((each) => !each.is_in_maintenance) ? [{ id: "maintenance_on", label: t("many.maintenance_on"), icon: wrench }] : []),
      ...(any((each) => each.is_in_maintenance) ? [{ id: "maintenance_off", label: t("many.maintenance_off"), icon: wrench }] : []),
    ];
  }

  #results() {
    if (this.refused.length === 0) return nothing;
    const name = (id: string) => this.printers.find((each) => each.id === id)?.name ?? id;
    return html`
      <div class="results" role="alert">
        <p class="wrong">${plural("many.refused", this.refused.length)}</p>
        <ul>
          ${this.refused.map(({ id, error }) => html`<li><b>${name(id)}</b> ${error}</li>`)}
        </ul>
      </div>
    `;
  }

  #dialog() {
    const { tagging } = this;
    const isAdding = tagging?.action === "add_tag";
    const tags = isAdding ? this.known : [...new Set(this.printers.flatMap((each) => each.tags))].sort();
    const heading = plural(isAdding ? "many.add_tag.heading" : "many.remove_tag.heading", this.printers.length);
    return html`
      <odin-dialog .isOpen=${tagging !== undefined} .heading=${heading} @odin-close=${this.#closed}>
        ${
          isAdding
            ? html`
                <form novalidate @submit=${this.#tagChosen}>
                  ${field({
                    name: "tag",
                    label: t("tags.name"),
                    value: tagging.tag,
                    hasFocus: true,
                    onInput: (_, tag) => {
                      this.tagging = { ...tagging, tag };
                    },
                  })}
                </form>
              `
            : nothing
        }
        <div class="tools">
          ${tags.map(
            (tag) => html`
              <button class="button" type="button" aria-pressed=${tagging?.tag === tag ? "true" : "false"} @click=${() => void this.#change(tagging?.action ?? "add_tag", tag)}>
                <odin-icon .path=${tagIcon}></odin-icon>${tag}
              </button>
            `,
          )}
        </div>
        <button slot="actions" class="button" type="button" @click=${this.#closed}>${t("confirm.no")}</button>
        ${
          isAdding
            ? html`<button slot="actions" class="button primary" type="button" @click=${this.#tagChosen}>${t("many.add_tag")}</button>`
            : nothing
        }
      </odin-dialog>
    `;
  }

  readonly #tagged = (): void => {
    this.tagging = { action: "add_tag", tag: "" };
  };

  readonly #chosen = async (event: CustomEvent<{ value: BulkAction }>): Promise<void> => {
    const action = event.detail.value;
    if (action === "remove_tag") {
      this.tagging = { action, tag: "" };
      return;
    }
    const count = this.printers.length;
    const question = { heading: plural("many.disable.heading", count), text: t("registry.disable.text"), label: t("many.disable") };
    if (action !== "disable" || (await confirm(this, question))) await this.#change(action);
  };

  readonly #tagChosen = async (event: Event): Promise<void> => {
    event.preventDefault();
    const tag = this.tagging?.tag.trim() ?? "";
    if (tag !== "") await this.#change("add_tag", tag);
  };

  async #change(action: BulkAction, tag?: string): Promise<void> {
    this.tagging = undefined;
    this.refused = [];
    const ids = this.printers.map(({ id }) => id);
    const body = tag === undefined ? { ids, action } : { ids, action, tag };
    await this.presses.press("bulk", async () => {
      const results = await changeMany(this.transport, body);
      this.refused = results.filter(({ error }) => error !== null);
    });
  }

  readonly #forgot = (): void => {
    this.presses.forget("bulk");
  };

  readonly #closed = (): void => {
    this.tagging = undefined;
  };

  readonly #cleared = (): void => {
    this.dispatchEvent(new CustomEvent("odin-clear"));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-registry-bulk": OdinRegistryBulk;
  }
}
