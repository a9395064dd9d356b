import { html, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";

import { readJobDetails } from "../../api/job";
import { skipObjects } from "../../api/objects";
import { ApiError } from "../../api/transport";
import type { PrintDetails, PrintObject } from "../../api/types";
import { refresh } from "../../components/icon/icons";
import { confirm } from "../../components/kit/confirm";
import "../../components/kit/press";
import "../../components/kit/skeleton";
import "../../components/plate-map/plate-map";
import { isRunning } from "../../components/printer-tile/summary";
import { plural, t } from "../../localize";
import { choosable, jobIdentity } from "./object-choice";
import { styles } from "./objects-styles";
import { PrinterSection } from "./section";

/**
 * The objects on the running plate, seen from above and as a list, and a way to leave some of them out.
 *
 * Properties: `printer`.
 */
@customElement("odin-printer-objects")
export class OdinPrinterObjects extends PrinterSection {
  static override styles = styles;

  @state() private details: PrintDetails | undefined;
  /** Why there are no details, in the engine's words. */
  @state() private reason = "";
  @state() private chosen: ReadonlySet<number> = new Set();
  #of = "";

  protected override isEmpty(): boolean {
    return !this.can("skip_objects") || !isRunning(this.printer);
  }

  protected override willUpdate(): void {
    const of = this.isEmpty() || !this.printer.is_live ? "" : jobIdentity(this.printer);
    if (of === this.#of) return;
    const isSameJob = of !== "" && this.#of.split("\n")[0] === of.split("\n")[0];
    this.#of = of;
    if (!isSameJob) {
      this.details = undefined;
      this.chosen = new Set();
    }
    if (of !== "") void this.#fetch();
  }

  protected override render() {
    if (this.isEmpty()) return nothing;
    const skipped = new Set(this.printer.job?.skipped_objects ?? []);
    return html`
      <section class="card" aria-labelledby="title">
        <div class="card-head">
          <h2 id="title">${t("objects.title")}</h2>
          <span class="sub">${skipped.size > 0 ? plural("objects.skipped", skipped.size) : ""}</span>
        </div>
        ${this.#content(skipped)}
      </section>
    `;
  }

  #content(skipped: ReadonlySet<number>) {
    if (this.reason) return this.#unknown();
    if (!this.details) return html`<odin-skeleton></odin-skeleton><p class="vh" role="status">${t("objects.loading")}</p>`;
    const { objects, plate_size_mm: size } = this.details;
    if (objects.length === 0) return html`<p class="why">${this.details.cannot_skip_because ?? t("objects.none")}</p>`;
    const lock = this.#lock();
    return html`
      <div class="both">
        <odin-plate-map
          .objects=${objects}
          .size=${size}
          .chosen=${this.chosen}
          .skipped=${skipped}
          .isLocked=${lock !== ""}
          @odin-choose=${(event: CustomEvent<{ value: number }>) => {
            this.#toggle(event.detail.value, objects, skipped);
          }}
        ></odin-plate-map>
        <div>
          <ul class="list" aria-label=${t("objects.title")}>
            ${objects.map((object, i) => this.#row(object, i, objects, skipped, lock))}
          </ul>
          ${this.#end(objects, skipped, lock)}
        </div>
      </div>
    `;
  }

  #row(object: PrintObject, i: number, objects: readonly PrintObject[], skipped: ReadonlySet<number>, lock: string) {
    const isSkipped = skipped.has(object.id);
    const isLast = !this.chosen.has(object.id) && !choosable(object.id, objects, this.chosen, skipped);
    const isLocked = isSkipped || isLast || lock !== "";
    return html`
      <li>
        <label
          class="${isSkipped ? "skipped" : ""} ${isLocked ? "locked" : ""}"
          title=${isSkipped ? t("objects.is_skipped") : isLast ? t("objects.last") : object.name}
        >
          <input
            type="checkbox"
            .checked=${isSkipped || this.chosen.has(object.id)}
            ?disabled=${isLocked}
            aria-describedby=${isLast && !isSkipped ? "last" : nothing}
            @change=${() => {
              this.#toggle(object.id, objects, skipped);
            }}
          />
          <span class="number">${i + 1}</span>
          <span class="name clip">${object.name}</span>
          ${isSkipped ? html`<span class="vh">${t("objects.is_skipped")}</span>` : nothing}
        </label>
      </li>
    `;
  }

  #end(objects: readonly PrintObject[], skipped: ReadonlySet<number>, lock: string) {
    const left = objects.length - skipped.size - this.chosen.size;
    const reason = lock || (this.chosen.size === 0 ? t("objects.choose") : "");
    return html`
      <div class="end">
        ${left === 1 && lock === "" ? html`<p id="last" class="why">${t("objects.last")}</p>` : nothing}
        ${lock ? html`<p class="why">${lock}</p>` : nothing}
        <odin-press
          kind="outline-danger"
          .press=${this.presses.of("skip")}
          .disabled=${reason !== ""}
          .reason=${reason}
          @click=${() => this.#skip(objects)}
          @odin-forget=${() => {
            this.presses.forget("skip");
          }}
          >${this.chosen.size === 0 ? t("objects.skip") : plural("objects.skip_some", this.chosen.size)}</odin-press
        >
      </div>
    `;
  }

  #unknown() {
    return html`
      <p><b>${t("objects.unknown")}</b></p>
      <p class="why">${this.reason}</p>
      <div class="end start">
        <odin-press
          .icon=${refresh}
          @click=${() => {
            this.reason = "";
            void this.#fetch();
          }}
          >${t("objects.again")}</odin-press
        >
      </div>
    `;
  }

  /** Why nothing can be skipped now. */
  #lock(): string {
    return this.lock("skip_objects") || (this.details?.can_skip === false ? (this.details.cannot_skip_because ?? "") : "");
  }

  #toggle(id: number, objects: readonly PrintObject[], skipped: ReadonlySet<number>): void {
    const chosen = new Set(this.chosen);
    if (chosen.has(id)) chosen.delete(id);
    else if (choosable(id, objects, chosen, skipped)) chosen.add(id);
    this.chosen = chosen;
    // A box that may not be ticked shows again that it is not.
    this.requestUpdate();
  }

  async #skip(objects: readonly PrintObject[]): Promise<void> {
    const chosen = [...this.chosen];
    const names = objects.filter(({ id }) => this.chosen.has(id)).map(({ name }) => name);
    const question = {
      heading: plural("objects.question", chosen.length),
      text: t("objects.text", { names: names.join(", ") }),
      label: plural("objects.skip_some", chosen.length),
      isDangerous: true,
    };
    if (!(await confirm(this, question))) return;
    const shows = () => chosen.every((id) => this.printer.job?.skipped_objects.includes(id));
    const isTaken = await this.presses.press("skip", () => skipObjects(this.transport, this.printer.id, chosen), shows);
    if (isTaken) this.chosen = new Set();
  }

  async #fetch(): Promise<void> {
    const of = this.#of;
    try {
      const details = await readJobDetails(this.transport, this.printer.id);
      if (of !== this.#of) return;
      this.details = details;
      this.reason = "";
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (of === this.#of) this.reason = error.message;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-objects": OdinPrinterObjects;
  }
}
