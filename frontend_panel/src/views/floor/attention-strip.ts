import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { refreshPrinter, resumePrint } from "../../api/control";
import type { Printer } from "../../api/types";
import "../../components/icon/icon";
import { check, chevron, failed, info, offline, play, plate, refresh, warning } from "../../components/icon/icons";
import "../../components/kit/press";
import { plural, t } from "../../localize";
import type { Services } from "../../services";
import { servicesContext } from "../../services";
import { Presses } from "../../store/presses";
import { dismiss } from "../alerts/dismissal";
import { goTo } from "../app/place";
import { lockOf } from "../printer/locks";
import type { Deed, Item } from "./attention";
import { stripStyles } from "./attention-strip-styles";
import { clearOne } from "./clearing";
import { differs } from "./differs";

/** What fits above the cards; the rest unfolds. */
const SHOWN = 4;
const PICTURES = { attention: warning, failed, plate, offline, info } as const;
const DEED_ICONS: Readonly<Record<Deed, string>> = { clear: check, resume: play, reconnect: refresh, open: "", dismiss: "" };

/**
 * What needs somebody: a sentence, the reason, and what helps. More than four fold.
 *
 * Properties: `items`, `printers` (by id), `mayControl`, `mayDismiss`, `hearsEngine`.
 */
@customElement("odin-attention-strip")
export class OdinAttentionStrip extends LitElement {
  static override styles = stripStyles;

  @property({ attribute: false, hasChanged: differs }) items: readonly Item[] = [];
  /** Read when something is pressed; not worth a rendering. */
  @property({ attribute: false, hasChanged: () => false }) printers: Readonly<Record<string, Printer>> = {};
  @property({ type: Boolean, attribute: "may-control" }) mayControl = false;
  @property({ type: Boolean, attribute: "may-dismiss" }) mayDismiss = false;
  @property({ type: Boolean, attribute: "hears-engine" }) hearsEngine = true;
  @state() private isUnfolded = false;
  @consume({ context: servicesContext }) private readonly services!: Services;
  readonly #presses = new Presses(this);

  protected override willUpdate(): void {
    this.hidden = this.items.length === 0;
    this.toggleAttribute("stale", !this.hearsEngine);
  }

  protected override render() {
    const more = this.items.length - SHOWN;
    const shown = this.isUnfolded ? this.items : this.items.slice(0, SHOWN);
    return html`
      <section aria-label=${t("strip.title")}>
        <ul>
          ${repeat(
            shown,
            (item) => item.key,
            (item) => this.#item(item),
          )}
        </ul>
        ${
          more > 0
            ? html`
                <button
                  class="button plain more"
                  type="button"
                  aria-expanded=${this.isUnfolded ? "true" : "false"}
                  @click=${this.#toggled}
                >
                  <odin-icon class=${this.isUnfolded ? "up" : ""} .path=${chevron}></odin-icon>
                  ${this.isUnfolded ? t("strip.fewer") : plural("strip.more", more)}
                </button>
              `
            : nothing
        }
      </section>
    `;
  }

  readonly #toggled = (): void => {
    this.isUnfolded = !this.isUnfolded;
  };

  #item(item: Item) {
    return html`
      <li data-look=${item.look}>
        <div class="head">
          <span class="picture"><odin-icon .path=${PICTURES[item.look]}></odin-icon></span>
          <div class="text">
            <p class="title">${item.title}</p>
            <p class="sub reason" title=${item.reason}>${item.reason}</p>
          </div>
        </div>
        <div class="row">${this.#button(item, item.main, "main")} ${item.quiet ? this.#button(item, item.quiet, "quiet") : nothing}</div>
      </li>
    `;
  }

  #button(item: Item, deed: Deed, role: "main" | "quiet") {
    if (!this.#may(deed)) return nothing;
    const name = `${item.key}/${deed}`;
    const lock = this.#lock(item, deed);
    return html`
      <odin-press
        class=${role}
        kind=${role === "quiet" ? "plain" : ""}
        .press=${this.#presses.of(name)}
        .icon=${DEED_ICONS[deed]}
        .disabled=${lock !== ""}
        .reason=${lock}
        @click=${() => this.#does(item, deed, name)}
        @odin-forget=${() => {
          this.#presses.forget(name);
        }}
        >${t(`strip.do.${deed}`)}</odin-press
      >
    `;
  }

  #may(deed: Deed): boolean {
    if (deed === "dismiss") return this.mayDismiss;
    return deed === "open" || this.mayControl;
  }

  #lock(item: Item, deed: Deed): string {
    if (deed === "open") return "";
    if (!this.hearsEngine) return t("lock.not_live");
    const printer = this.printers[item.printerId ?? ""];
    return deed === "resume" && printer ? lockOf(printer, "resume", { mayControl: true, hearsEngine: true }) : "";
  }

  async #does(item: Item, deed: Deed, name: string): Promise<void> {
    const { services } = this;
    const printer = this.printers[item.printerId ?? ""];
    if (deed === "dismiss") return item.alertId === null ? undefined : dismiss(services, [item.alertId]);
    if (!printer) return undefined;
    const { id } = printer;
    const isGone = () => !this.items.some(({ key }) => key === item.key);
    switch (deed) {
      case "open":
        goTo({ page: "floor", printer: id });
        return undefined;
      case "clear":
        await this.#presses.press(name, () => clearOne(services, printer), isGone);
        return undefined;
      case "resume":
        await this.#presses.press(name, () => resumePrint(services.transport, id), isGone);
        return undefined;
      case "reconnect":
        await this.#presses.press(name, () => refreshPrinter(services.transport, id), isGone);
        return undefined;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-attention-strip": OdinAttentionStrip;
  }
}
