import { consume } from "@lit/context";
import type { PropertyValues } from "lit";
import { LitElement, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { Printer } from "../../api/types";
import "../../components/printer-tile/printer-tile";
import { t } from "../../localize";
import type { Services } from "../../services";
import { servicesContext } from "../../services";
import { endings } from "../../store/endings";
import { addressOf, goTo } from "../app/place";
import "./card-actions";
import { cellStyles } from "./cell-styles";
import type { Pictured } from "./printer-picture";
import { PrinterPicture } from "./printer-picture";
import type { CardSize } from "./selection";

/**
 * A printer on the floor: its card with a picture, and what can be done from here.
 *
 * Properties: `printer`, `size`, `isStale`, `heardAt` (since when nothing was heard, ms), `mayControl`, `mayLook` (through
 * cameras), `isChoosing` (several are being chosen), `isChosen`. Events: `odin-choose` (`detail.value`).
 */
@customElement("odin-floor-cell")
export class OdinFloorCell extends LitElement {
  static override styles = cellStyles;

  @property({ attribute: false }) printer!: Printer;
  @property({ reflect: true }) size: CardSize = "M";
  @property({ type: Boolean, attribute: "stale" }) isStale = false;
  @property({ attribute: false }) heardAt: number | null = null;
  @property({ type: Boolean, attribute: "may-control" }) mayControl = false;
  @property({ type: Boolean, attribute: "may-look" }) mayLook = false;
  @property({ type: Boolean, attribute: "choosing" }) isChoosing = false;
  @property({ type: Boolean, reflect: true, attribute: "chosen" }) isChosen = false;
  @state() private hasNoChart = false;
  @consume({ context: servicesContext }) private readonly services!: Services;
  readonly #picture = new PrinterPicture(this, () => this.#pictured);

  protected override render() {
    const { printer } = this;
    const pictured = this.#pictured;
    const place = { page: "floor", printer: printer.id } as const;
    return html`
      <odin-printer-tile
        .printer=${printer}
        .size=${this.size}
        .isStale=${this.isStale}
        .heardAt=${this.heardAt}
        .endsAt=${endings.of(printer)}
        .href=${addressOf({ page: "printer", id: printer.id })}
        @odin-open=${() => {
          if (this.isChoosing) this.#choose(!this.isChosen);
          else goTo(place);
        }}
      >
        ${pictured ? this.#look(pictured) : nothing} ${this.isChoosing ? this.#choice() : nothing}
        ${
          this.isChoosing
            ? nothing
            : html`
                <odin-card-actions
                  slot="actions"
                  .printer=${printer}
                  .size=${this.size}
                  .mayControl=${this.mayControl}
                  .hearsEngine=${!this.isStale}
                ></odin-card-actions>
              `
        }
        ${this.size === "XL" ? this.#chart() : nothing}
      </odin-printer-tile>
    `;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("size") || this.size !== "XL") return;
    this.hasNoChart = false;
    import("../printer/temperatures").catch(() => {
      // The engine is away, or was replaced since this page was loaded.
      this.hasNoChart = true;
    });
  }

  get #pictured(): Pictured | undefined {
    const { printer, mayLook, isStale, size } = this;
    if (size === "S") return undefined;
    return { transport: this.services.transport, printer, mayLook, isStale, hasRoom: size !== "M" };
  }

  #look(pictured: Pictured) {
    return html`${this.#picture.picture(pictured, "picture")} ${this.#picture.age(pictured, "corner")}`;
  }

  #choice() {
    return html`
      <label slot="choice" class="choice">
        <input
          type="checkbox"
          .checked=${this.isChosen}
          aria-label=${t("choose.choose", { name: this.printer.name })}
          @change=${(event: Event) => {
            this.#choose((event.currentTarget as HTMLInputElement).checked);
          }}
        />
      </label>
    `;
  }

  #chart() {
    if (this.hasNoChart) return html`<p slot="chart" class="sub">${t("card.no_chart")}</p>`;
    return html`<odin-printer-temperatures slot="chart" .printer=${this.printer}></odin-printer-temperatures>`;
  }

  #choose(value: boolean): void {
    this.dispatchEvent(new CustomEvent("odin-choose", { detail: { value } }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-floor-cell": OdinFloorCell;
  }
}
