import { html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { readFamilies } from "../../../api/printers";
import { editPrinter, removePrinter } from "../../../api/registry";
import { ApiError } from "../../../api/transport";
import type { Checked, Family, Printer } from "../../../api/types";
import { checkPrinter } from "../../../api/upkeep";
import "../../../components/check-list/check-list";
import { confirm } from "../../../components/kit/confirm";
import "../../../components/kit/drawer";
import "../../../components/kit/press";
import { t, word } from "../../../localize";
import "../../printer/connection";
import { reachStyles } from "../../reach/styles";
import { SettingsSection } from "../section";
import { sectionStyles } from "../section-styles";
import { changeOf, differences, editOf } from "./edit";
import type { Edit } from "./edit";
import { editorForm, problemsOf } from "./editor-form";
import { editorStyles } from "./editor-styles";
import { removal } from "./questions";

const CHANGED_MEANWHILE = 412;

/**
 * Everything about one printer that its owner says, in a drawer: its connection first, then its description. What somebody
 * else changed meanwhile is never overwritten unasked.
 *
 * Properties: `printer` (`undefined` is closed), `known` (tags in use). Events: `odin-close`.
 */
@customElement("odin-printer-editor")
export class OdinPrinterEditor extends SettingsSection {
  static override styles = [...sectionStyles, reachStyles, editorStyles];

  @property({ attribute: false }) printer: Printer | undefined;
  @property({ attribute: false }) known: readonly string[] = [];
  @state() private edit: Edit | undefined;
  /** The printer as it was when the editing began; what is sent is compared with it. */
  @state() private base: Printer | undefined;
  @state() private refusal: ApiError | undefined;
  @state() private isTried = false;
  @state() private families: readonly Family[] = [];
  @state() private checked: Checked | undefined;
  @query("[aria-invalid=true]") private readonly firstWrong!: HTMLElement | null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#readFamilies();
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("printer") && this.printer?.id !== this.base?.id) this.#begin(this.printer);
  }

  protected override render() {
    const { printer, edit } = this;
    return html`
      <odin-drawer .isOpen=${printer !== undefined} .heading=${printer?.name ?? ""} @odin-close=${this.#asked}>
        ${printer && edit ? this.#content(printer, edit) : nothing}
        ${printer ? this.#foot(printer) : nothing}
      </odin-drawer>
    `;
  }

  #content(printer: Printer, edit: Edit) {
    return html`
      <div class="parts">
        ${this.#connection(printer)}
        <form id="edit" class="card" novalidate @submit=${this.#saved}>
          ${editorForm({
            printer,
            edit,
            known: this.known,
            fields: this.#fields(printer),
            wrong: this.#wrong(edit),
            change: (change) => {
              this.edit = { ...edit, ...change };
            },
          })}
          <button class="vh" type="submit" tabindex="-1" aria-hidden="true">${t("edit.save")}</button>
        </form>
      </div>
    `;
  }

  #connection(printer: Printer) {
    if (printer.link !== "online") return html`<odin-printer-connection .printer=${printer} is-in-settings></odin-printer-connection>`;
    return html`
      <section class="card" aria-label=${t("edit.connection")}>
        <div class="tools">
          <span>${printer.link_text}</span>
          <odin-press
            class="end"
            .press=${this.presses.of("check")}
            @click=${this.#runCheck}
            @odin-forget=${() => {
              this.presses.forget("check");
            }}
            >${t("registry.check")}</odin-press
          >
        </div>
        ${this.checked ? html`<odin-check-list role="status" .checks=${this.checked.checks}></odin-check-list>` : nothing}
      </section>
    `;
  }

  #foot(printer: Printer) {
    return html`
      <div slot="footer" class="foot">
        <div class="conflict" role="alert">${this.#conflict(printer)}</div>
        <odin-press
          class="remove"
          kind="outline-danger"
          .press=${this.presses.of("remove")}
          @click=${this.#removed}
          @odin-forget=${() => {
            this.presses.forget("remove");
          }}
          >${t("edit.remove")}</odin-press
        >
        <button class="button" type="button" @click=${this.#asked}>${t("confirm.no")}</button>
        <odin-press
          kind="primary"
          .press=${this.presses.of("save")}
          .disabled=${!this.#isChanged()}
          .reason=${t("edit.unchanged")}
          @click=${this.#saved}
          @odin-forget=${() => {
            this.presses.forget("save");
          }}
          >${t("edit.save")}</odin-press
        >
      </div>
    `;
  }

  #conflict(printer: Printer) {
    const { base } = this;
    if (this.refusal?.status !== CHANGED_MEANWHILE || !base) return nothing;
    const what = differences(base, printer).map((name) => word("edit", name));
    return html`
      <odin-banner kind="warning">
        <b>${t("edit.conflict")}</b> ${t("edit.conflict.what", { what: what.join(", ") })}
        <div slot="action" class="tools">
          <button
            class="button"
            type="button"
            @click=${() => {
              this.#begin(printer);
            }}
          >
            ${t("edit.conflict.theirs")}
          </button>
          <button class="button primary" type="button" @click=${this.#rebased}>${t("edit.conflict.mine")}</button>
        </div>
      </odin-banner>
    `;
  }

  #wrong(edit: Edit): (name: string) => string | undefined {
    const problems = problemsOf(edit, this.#fields(this.printer));
    return (name) => (this.isTried ? problems[name] : undefined) ?? this.refusal?.field(name);
  }

  #fields(printer: Printer | undefined) {
    return this.families.find(({ name }) => name === printer?.family)?.fields ?? [];
  }

  async #readFamilies(): Promise<void> {
    try {
      this.families = await readFamilies(this.transport);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.refusal = error;
    }
  }

  #isChanged(): boolean {
    const { base, edit } = this;
    return base !== undefined && edit !== undefined && Object.keys(changeOf(editOf(base), edit)).length > 0;
  }

  #begin(printer: Printer | undefined): void {
    this.base = printer;
    this.edit = printer && editOf(printer);
    this.refusal = undefined;
    this.checked = undefined;
    this.isTried = false;
    this.presses.forget("save");
  }

  readonly #saved = async (event: Event): Promise<void> => {
    event.preventDefault();
    const { base, edit } = this;
    if (!base || !edit || !this.#isChanged()) return;
    this.isTried = true;
    this.refusal = undefined;
    if (Object.keys(problemsOf(edit, this.#fields(base))).length > 0) {
      this.#focusFirstWrong();
      return;
    }
    const change = changeOf(editOf(base), edit);
    this.refusal = await this.send("save", () => editPrinter(this.transport, base.id, change, base.version));
    if (this.refusal) {
      if (this.refusal.status === CHANGED_MEANWHILE) this.presses.forget("save");
      this.#focusFirstWrong();
      return;
    }
    this.services.toasts.show("done", t("edit.saved", { name: edit.name.trim() }));
    this.#close();
  };

  /** Keeps what was typed and takes the rest from what there is now. */
  readonly #rebased = (event: Event): void => {
    const { base, edit, printer } = this;
    if (!base || !edit || !printer) return;
    const before = editOf(base);
    const own = Object.entries(edit).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name as keyof Edit]));
    this.base = printer;
    this.edit = { ...editOf(printer), ...(Object.fromEntries(own) as Partial<Edit>) };
    void this.#saved(event);
  };

  readonly #runCheck = (): void => {
    const { printer } = this;
    if (!printer) return;
    this.checked = undefined;
    void this.presses.press("check", async () => {
      this.checked = await checkPrinter(this.transport, printer.id);
    });
  };

  readonly #removed = async (): Promise<void> => {
    const { printer } = this;
    if (!printer || !(await confirm(this, removal(printer)))) return;
    const done = t("registry.removed", { name: printer.name });
    if (await this.act("remove", () => removePrinter(this.transport, printer.id), done)) this.#close();
  };

  readonly #asked = async (): Promise<void> => {
    const question = { heading: t("edit.discard.heading"), text: t("edit.discard.text"), label: t("edit.discard"), isDangerous: true };
    if (!this.#isChanged() || (await confirm(this, question))) this.#close();
  };

  #close(): void {
    this.dispatchEvent(new CustomEvent("odin-close"));
  }

  #focusFirstWrong(): void {
    void this.updateComplete.then(() => {
      this.firstWrong?.focus();
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-editor": OdinPrinterEditor;
  }
}
