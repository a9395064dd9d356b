import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { pausePrint, resumePrint } from "../../api/control";
import { changeMany } from "../../api/registry";
import { ApiError } from "../../api/transport";
import type { BulkAction, Printer } from "../../api/types";
import { clearPlate } from "../../api/upkeep";
import "../../components/dialog/dialog";
import "../../components/icon/icon";
import { check, close, pause, play } from "../../components/icon/icons";
import { keepClear } from "../../components/kit/bars";
import { confirm } from "../../components/kit/confirm";
import "../../components/menu/menu";
import { plural, t } from "../../localize";
import type { Services } from "../../services";
import { servicesContext } from "../../services";
import { bulkStyles } from "./bulk-bar-styles";
import { concerned, forEach } from "./bulk";
import type { Command, Outcome } from "./bulk";
import { tellCleared } from "./clearing";

const COMMAND_ICONS: Readonly<Record<Command, string>> = { clear: check, pause, resume: play };
const COMMANDS: readonly Command[] = ["clear", "pause", "resume"];
const CHANGES: readonly BulkAction[] = ["add_tag", "remove_tag", "maintenance_on", "maintenance_off", "enable", "disable"];

/**
 * What can be done to the printers that were chosen, and what became of each.
 *
 * Properties: `chosen`, `total` (how many are shown), `tags` (in use), `mayManage`, `mayControl`. Events: `odin-all`
 * (choose all that are shown), `odin-none`, `odin-done` (stop choosing).
 */
@customElement("odin-bulk-bar")
export class OdinBulkBar extends LitElement {
  static override styles = bulkStyles;

  @property({ attribute: false }) chosen: readonly Printer[] = [];
  @property({ type: Number }) total = 0;
  @property({ attribute: false }) tags: readonly string[] = [];
  @property({ type: Boolean, attribute: "may-manage" }) mayManage = false;
  @property({ type: Boolean, attribute: "may-control" }) mayControl = false;
  @consume({ context: servicesContext }) private readonly services!: Services;
  @state() private isBusy = false;
  @state() private outcome: Outcome | undefined;
  @state() private problem = "";
  /** Which tag action waits for its tag. */
  @state() private asksTag: "add_tag" | "remove_tag" | undefined;
  @query("section") private readonly section!: HTMLElement;
  @query("form") private readonly form!: HTMLFormElement;
  @query("#tag") private readonly tagInput!: HTMLInputElement;

  constructor() {
    super();
    keepClear(this, "page", () => this.section);
  }

  protected override render() {
    const isEmpty = this.chosen.length === 0;
    return html`
      <section aria-label=${t("choose.title")}>
        <div class="row">
          <b role="status">${isEmpty ? t("choose.none") : plural("choose.chosen", this.chosen.length)}</b>
          <button class="button plain" type="button" @click=${this.#toggled}>
            ${this.chosen.length < this.total ? t("choose.all", { count: this.total }) : t("choose.clear")}
          </button>
          <span class="actions">
            ${this.mayControl ? COMMANDS.map((command) => this.#command(command)) : nothing}
            ${this.mayManage && !isEmpty ? this.#changes() : nothing}
          </span>
          <button
            class="button plain icon-only"
            type="button"
            title=${t("choose.done")}
            aria-label=${t("choose.done")}
            @click=${() => this.dispatchEvent(new CustomEvent("odin-done"))}
          >
            <odin-icon .path=${close}></odin-icon>
          </button>
        </div>
        ${this.#result()}
      </section>
      ${this.asksTag ? this.#tagDialog(this.asksTag) : nothing}
    `;
  }

  #command(command: Command) {
    const count = concerned(command, this.chosen).length;
    if (count === 0) return nothing;
    return html`
      <button class="button" type="button" ?disabled=${this.isBusy} @click=${() => this.#commanded(command)}>
        <odin-icon .path=${COMMAND_ICONS[command]}></odin-icon>${plural(`choose.do.${command}`, count)}
      </button>
    `;
  }

  #changes() {
    return html`
      <odin-menu
        .label=${t("choose.more")}
        .items=${CHANGES.map((id) => ({ id, label: t(`choose.do.${id}`) }))}
        @odin-select=${(event: CustomEvent<{ value: BulkAction }>) => this.#changing(event.detail.value)}
      ></odin-menu>
    `;
  }

  #result() {
    if (this.problem) return html`<p class="failed" role="alert">${this.problem}</p>`;
    const { outcome } = this;
    if (!outcome) return nothing;
    return html`
      <div class="outcome" role="status">
        ${outcome.done.length > 0 ? html`<p>${plural("choose.took", outcome.done.length)}</p>` : nothing}
        ${outcome.refused.map(({ printer, reason }) => html`<p class="failed"><b>${printer.name}:</b> ${reason}</p>`)}
      </div>
    `;
  }

  #tagDialog(action: "add_tag" | "remove_tag") {
    const used = action === "add_tag" ? this.tags : [...new Set(this.chosen.flatMap(({ tags }) => tags))];
    return html`
      <odin-dialog
        .heading=${t(`choose.do.${action}`)}
        .isOpen=${true}
        @odin-close=${() => {
          this.asksTag = undefined;
        }}
      >
        <form id="form" @submit=${this.#tagGiven}>
          <div class="field">
            <label for="tag">${t("choose.tag")}</label>
            <input id="tag" name="tag" list="used" maxlength="40" autocomplete="off" required />
            <datalist id="used">${used.map((tag) => html`<option value=${tag}></option>`)}</datalist>
          </div>
        </form>
        <button
          slot="actions"
          class="button primary"
          type="button"
          @click=${() => {
            this.form.requestSubmit();
          }}
        >
          ${t(`choose.do.${action}`)}
        </button>
      </odin-dialog>
    `;
  }

  readonly #toggled = (): void => {
    this.dispatchEvent(new CustomEvent(this.chosen.length < this.total ? "odin-all" : "odin-none"));
  };

  readonly #tagGiven = (event: SubmitEvent): void => {
    event.preventDefault();
    const { asksTag } = this;
    const tag = this.tagInput.value.trim();
    this.asksTag = undefined;
    if (asksTag && tag) void this.#change(asksTag, tag);
  };

  async #commanded(command: Command): Promise<void> {
    const { services } = this;
    const printers = concerned(command, this.chosen);
    const call = { clear: clearPlate, pause: pausePrint, resume: resumePrint }[command];
    await this.#doing(async () => {
      const outcome = await forEach(printers, (id) => call(services.transport, id));
      if (command === "clear") tellCleared(services, outcome.done);
      return outcome;
    });
  }

  async #changing(action: BulkAction): Promise<void> {
    if (action === "add_tag" || action === "remove_tag") {
      this.asksTag = action;
      return;
    }
    if (action === "disable" && !(await this.#isSure())) return;
    await this.#change(action, null);
  }

  #isSure(): Promise<boolean> {
    return confirm(this, {
      heading: plural("choose.disable.question", this.chosen.length),
      text: t("choose.disable.text"),
      label: t("choose.do.disable"),
      isDangerous: true,
    });
  }

  #change(action: BulkAction, tag: string | null): Promise<void> {
    const printers = this.chosen;
    const ids = printers.map(({ id }) => id);
    return this.#doing(async () => {
      const results = await changeMany(this.services.transport, { ids, action, tag });
      const errors = new Map(results.map(({ id, error }) => [id, error]));
      return {
        done: printers.filter(({ id }) => errors.get(id) == null),
        refused: printers.flatMap((printer) => {
          const reason = errors.get(printer.id);
          return reason == null ? [] : [{ printer, reason }];
        }),
      };
    });
  }

  async #doing(deed: () => Promise<Outcome>): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    this.problem = "";
    this.outcome = undefined;
    try {
      this.outcome = await deed();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = error.message;
    } finally {
      this.isBusy = false;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-bulk-bar": OdinBulkBar;
  }
}
