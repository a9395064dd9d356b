import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { Printer } from "../../api/types";
import "../../components/banner/banner";
import "../../components/icon/icon";
import { plus, printer as printerIcon } from "../../components/icon/icons";
import "../../components/printer-card/printer-card";
import { plural, t } from "../../localize";
import { clock, lasting } from "../../localize/format";
import type { Services } from "../../services";
import { servicesContext } from "../../services";
import type { LiveState } from "../../store/live";
import { selectCounts, selectPrinters } from "../../store/printers";
import type { Counts } from "../../store/printers";
import { Slice } from "../../store/store";
import "../add-printer/add-printer";
import { addressOf, followed } from "../app/place";
import { Seconds } from "./seconds";
import { styles } from "./styles";

const ADD = { page: "add-printer" } as const;
const SKELETONS = 6;
/** One failed attempt is a restart; two are worth a sentence. */
const FAILURES_TO_MENTION = 2;
const SECOND_MS = 1000;

/**
 * Every printer, live; whoever needs a person comes first.
 *
 * Properties: `mayAdd`.
 */
@customElement("odin-floor")
export class OdinFloor extends LitElement {
  static override styles = styles;

  @property({ type: Boolean, attribute: "may-add" }) mayAdd = false;
  @consume({ context: servicesContext }) private readonly services!: Services;
  readonly #live = new Slice(this, () => this.services.store, (all) => all.live);
  readonly #printers = new Slice(this, () => this.services.store, selectPrinters);
  readonly #counts = new Slice(this, () => this.services.store, selectCounts);
  readonly #seconds = new Seconds(this, () => this.#live.value?.phase === "lost");

  protected override render() {
    const live = this.#live.value;
    const printers = this.#printers.value ?? [];
    if (!live) return nothing;
    const isEmpty = live.phase !== "connecting" && printers.length === 0;
    return html`
      ${this.#banners(live)} ${isEmpty ? this.#empty() : html`${this.#heading(live)} ${this.#grid(live, printers)}`}
    `;
  }

  #heading(live: LiveState) {
    return html`
      <div class="heading">
        <h1>${t("floor.title")}</h1>
        ${this.#counts.value && live.phase !== "connecting" ? this.#summary(this.#counts.value) : nothing}
        <span class="live" data-phase=${live.phase}><i aria-hidden="true"></i>${t(`live.${live.phase}`)}</span>
        ${
          this.mayAdd
            ? html`
                <a class="button" href=${addressOf(ADD)} @click=${followed(ADD)}>
                  <odin-icon .path=${plus}></odin-icon>${t("floor.add")}
                </a>
              `
            : nothing
        }
      </div>
    `;
  }

  #summary(counts: Counts) {
    const parts = [plural("floor.printers", counts.all)];
    if (counts.printing > 0) parts.push(plural("floor.printing", counts.printing));
    if (counts.attention > 0) parts.push(plural("floor.attention", counts.attention));
    return html`<p class="sub summary">${parts.join(" · ")}</p>`;
  }

  #banners(live: LiveState) {
    return html`${this.#lineBanner(live)} ${live.isOutdated ? this.#outdated() : nothing}`;
  }

  #lineBanner(live: LiveState) {
    if (live.phase === "lost" && live.heardAt !== null) {
      const heard = new Date(live.heardAt);
      const since = lasting((this.#seconds.now - live.heardAt) / SECOND_MS);
      return html`
        <odin-banner kind="offline">
          <b>${t("floor.lost", { since })}</b> ${t("floor.lost.what", { at: clock(heard, new Date()) })}
        </odin-banner>
      `;
    }
    if (live.phase === "connecting" && (live.reason || live.failures >= FAILURES_TO_MENTION)) {
      return html`
        <odin-banner kind="warning">
          <b>${t("floor.no_line")}</b> ${live.reason || t("floor.no_line.proxy")} ${t("floor.no_line.again")}
        </odin-banner>
      `;
    }
    return nothing;
  }

  #outdated() {
    return html`
      <odin-banner kind="info">
        ${t("floor.outdated")}
        <button
          slot="action"
          class="button"
          type="button"
          @click=${() => {
            location.reload();
          }}
        >
          ${t("floor.reload")}
        </button>
      </odin-banner>
    `;
  }

  #grid(live: LiveState, printers: readonly Printer[]) {
    if (live.phase === "connecting") {
      return html`
        <ul class="grid" aria-busy="true" aria-label=${t("floor.loading")}>
          ${Array.from({ length: SKELETONS }, () => html`<li class="skeleton"><i></i><i></i><i></i></li>`)}
        </ul>
      `;
    }
    return html`
      <ul class="grid">
        ${repeat(
          printers,
          (printer) => printer.id,
          (printer) => html`
            <li class=${isWide(printer) ? "wide" : ""}>
              <odin-printer-card
                .printer=${printer}
                .isStale=${live.phase === "lost"}
                .isWide=${isWide(printer)}
              ></odin-printer-card>
            </li>
          `,
        )}
      </ul>
    `;
  }

  #empty() {
    if (this.mayAdd) return html`<odin-add-printer .heading=${t("floor.empty")}></odin-add-printer>`;
    return html`
      <div class="empty">
        <odin-icon .path=${printerIcon}></odin-icon>
        <h1>${t("floor.empty")}</h1>
        <p class="sub">${t("floor.empty.ask")}</p>
      </div>
    `;
  }
}

/** Cards grow when they need somebody and have something to say. */
function isWide(printer: Printer): boolean {
  return printer.is_live && printer.attention !== null && printer.faults.length > 0;
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-floor": OdinFloor;
  }
}
