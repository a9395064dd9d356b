import { html, nothing } from "lit";
import { customElement, queryAll, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { orderPrinters, removePrinter } from "../../../api/registry";
import type { Checked, Printer } from "../../../api/types";
import { changePrinter, checkPrinter, setMaintenance } from "../../../api/upkeep";
import "../../../components/check-list/check-list";
import { plus, printer as printerIcon } from "../../../components/icon/icons";
import { confirm } from "../../../components/kit/confirm";
import "../../../components/kit/empty";
import { Opener } from "../../../components/kit/opener";
import { plural, t } from "../../../localize";
import { Slice } from "../../../store/store";
import { addressOf, followed } from "../../app/place";
import { SettingsSection } from "../section";
import { sectionStyles } from "../section-styles";
import "./bulk";
import { Dragging } from "./dragging";
import "./editor";
import "./maintenance";
import { inOrder, isSameOrder, moved } from "./order";
import { disabling, removal } from "./questions";
import "./row";
import { listStyles } from "./styles";
import "./tags";

const ADD = { page: "add-printer" } as const;
/** Several steps with the keyboard are one new order. */
const SETTLES_MS = 600;
/** How long the live news may lag behind the engine's answer: until then the rows would jump back and lose the focus. */
const SHOWS_MS = 3_000;

/** The register of printers: their order, what each is, and what is done to one or to many. */
@customElement("odin-settings-printers")
export class OdinSettingsPrinters extends SettingsSection {
  static override styles = [...sectionStyles, listStyles];

  @state() private selected: ReadonlySet<string> = new Set();
  @state() private editing: string | undefined;
  @state() private maintaining: Printer | undefined;
  @state() private checked: { readonly id: string; readonly result: Checked | undefined } | undefined;
  /** The order somebody just made, until the engine shows it. */
  @state() private wanted: readonly string[] | undefined;
  @state() private news = "";
  @queryAll(".list > li") private readonly rowElements!: NodeListOf<HTMLElement>;
  readonly #topic = new Slice(this, () => this.services.store, (all) => all.live.printers);
  readonly #drag = new Dragging(
    this,
    () => [...this.rowElements],
    (id, to) => {
      this.#move(id, to);
    },
  );
  #timer: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.#timer !== undefined) void this.#sendOrder();
  }

  protected override render() {
    const topic = this.#topic.value;
    if (topic?.revision == null) return html`<odin-skeleton .lines=${8}></odin-skeleton>`;
    const printers = inOrder(Object.values(topic.items), this.wanted);
    const edited = printers.find(({ id }) => id === this.editing);
    const known = [...new Set(printers.flatMap(({ tags }) => tags))].sort((a, b) => a.localeCompare(b));
    const chosen = printers.filter(({ id }) => this.selected.has(id));
    return html`
      <section class="card" aria-label=${t("settings.printers")}>
        <div class="card-head">
          <span class="sub">${plural("registry.count", printers.length)}${printers.length > 1 ? `. ${t("registry.order")}` : ""}</span>
          <a class="button primary end" href=${addressOf(ADD)} @click=${followed(ADD)}>
            <odin-icon .path=${plus}></odin-icon>${t("nav.add-printer")}
          </a>
        </div>
        ${this.trouble("order")} ${printers.length === 0 ? this.#empty() : this.#list(printers)}
        <span class="vh" role="status">${this.news}</span>
      </section>
      <odin-registry-tags .printers=${printers}></odin-registry-tags>
      <odin-registry-bulk .printers=${chosen} .known=${known} @odin-clear=${this.#cleared}></odin-registry-bulk>
      <odin-printer-editor .printer=${edited} .known=${known} @odin-close=${this.#closed}></odin-printer-editor>
      <odin-maintenance-dialog .printer=${this.maintaining} @odin-close=${this.#closed}></odin-maintenance-dialog>
    `;
  }

  protected override updated(): void {
    const drag = this.#drag.current;
    for (const [index, row] of [...this.rowElements].entries()) {
      const isLifted = drag?.from === index;
      row.classList.toggle("lifted", isLifted);
      row.style.setProperty("--by", isLifted ? `${drag.byPx}px` : "0");
      const place = drag && index > drag.from ? index - 1 : index;
      const isMoving = drag !== undefined && drag.to !== drag.from && !isLifted;
      row.classList.toggle("before", isMoving && place === drag.to);
      row.classList.toggle("after", isMoving && drag.to === this.rowElements.length - 1 && place === drag.to - 1);
    }
  }

  #empty() {
    return html`
      <odin-empty small .icon=${printerIcon} .heading=${t("registry.none")}>${t("registry.none.what")}</odin-empty>
    `;
  }

  #list(printers: readonly Printer[]) {
    const { size } = this.selected;
    return html`
      <label class="all">
        <input
          type="checkbox"
          .checked=${size === printers.length}
          .indeterminate=${size > 0 && size < printers.length}
          @change=${() => {
            this.selected = new Set(size === printers.length ? [] : printers.map(({ id }) => id));
          }}
        />
        ${t("registry.all")}
      </label>
      <ul class="list">
        ${repeat(
          printers,
          ({ id }) => id,
          (printer, index) => this.#row(printer, index, printers.length),
        )}
      </ul>
    `;
  }

  #row(printer: Printer, index: number, count: number) {
    const { id } = printer;
    return html`
      <li>
        <odin-registry-row
          .printer=${printer}
          .index=${index}
          .count=${count}
          .isSelected=${this.selected.has(id)}
          @odin-grip=${(event: CustomEvent<{ event: PointerEvent }>) => {
            this.#drag.start(event.detail.event, id, index);
          }}
          @odin-move=${(event: CustomEvent<{ value: number }>) => {
            this.#move(id, event.detail.value);
          }}
          @odin-pick=${(event: CustomEvent<{ value: boolean }>) => {
            this.#pick(id, event.detail.value);
          }}
          @odin-edit=${() => {
            this.editing = id;
          }}
          @odin-deed=${(event: CustomEvent<{ value: string }>) => {
            void this.#do(event.detail.value, printer);
          }}
        ></odin-registry-row>
        ${this.trouble(id)}
        ${this.#check(id)}
      </li>
    `;
  }

  #check(id: string) {
    const { checked } = this;
    if (checked?.id !== id) return nothing;
    return html`
      <div class="result">
        <div role="status">
          ${checked.result ? html`<odin-check-list .checks=${checked.result.checks}></odin-check-list>` : t("registry.checking")}
        </div>
        ${checked.result ? html`<button class="button" type="button" @click=${this.#checkRead}>${t("registry.check.close")}</button>` : nothing}
      </div>
    `;
  }

  #pick(id: string, isPicked: boolean): void {
    const selected = new Set(this.selected);
    if (isPicked) selected.add(id);
    else selected.delete(id);
    this.selected = selected;
  }

  #move(id: string, to: number): void {
    const topic = this.#topic.value;
    if (!topic) return;
    const printers = inOrder(Object.values(topic.items), this.wanted);
    this.wanted = moved(
      printers.map((printer) => printer.id),
      id,
      to,
    );
    // What is moved in the document loses the focus; whoever moves by keyboard moves on.
    const opener = new Opener(this);
    opener.remember();
    void this.updateComplete.then(() => {
      opener.focus();
    });
    this.news = t("registry.moved", { name: topic.items[id]?.name ?? "", place: to + 1, count: printers.length });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#sendOrder(), SETTLES_MS);
  }

  async #sendOrder(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { wanted } = this;
    if (!wanted) return;
    const isTaken = await this.presses.press("order", () => orderPrinters(this.transport, wanted));
    const settle = () => {
      if (this.wanted && isSameOrder(this.wanted, wanted)) this.wanted = undefined;
    };
    if (isTaken) setTimeout(settle, SHOWS_MS);
    else settle();
  }

  async #do(deed: string, printer: Printer): Promise<void> {
    const { id, name } = printer;
    switch (deed) {
      case "check":
        await this.#runCheck(id);
        break;
      case "enable": {
        const change = { is_enabled: !printer.is_enabled };
        const done = t(change.is_enabled ? "registry.enabled" : "registry.disabled", { name });
        if (change.is_enabled || (await confirm(this, disabling(printer)))) {
          await this.act(id, () => changePrinter(this.transport, id, change), done);
        }
        break;
      }
      case "maintenance":
        if (!printer.is_in_maintenance) this.maintaining = printer;
        else await this.act(id, () => setMaintenance(this.transport, id, false, ""), t("registry.maintenance.ended", { name }));
        break;
      case "remove":
        if (!(await confirm(this, removal(printer)))) break;
        if (await this.act(id, () => removePrinter(this.transport, id), t("registry.removed", { name }))) this.#pick(id, false);
        break;
    }
  }

  async #runCheck(id: string): Promise<void> {
    this.checked = { id, result: undefined };
    let result: Checked | undefined;
    await this.presses.press(id, async () => {
      result = await checkPrinter(this.transport, id);
    });
    // Another one may be under way by now.
    if (this.checked.id === id) this.checked = result && { id, result };
  }

  readonly #checkRead = (): void => {
    this.checked = undefined;
  };

  readonly #cleared = (): void => {
    this.selected = new Set();
  };

  readonly #closed = (): void => {
    this.editing = undefined;
    this.maintaining = undefined;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-settings-printers": OdinSettingsPrinters;
  }
}
