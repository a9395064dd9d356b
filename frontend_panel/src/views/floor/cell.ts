import { consume } from "@lit/context";
import type { PropertyValues } from "lit";
import { LitElement, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { jobPicture } from "../../api/job";
import type { Camera, Printer } from "../../api/types";
import "../../components/kit/picture";
import "../../components/printer-card/printer-card";
import { hasEnded, isRunning } from "../../components/printer-card/summary";
import { t } from "../../localize";
import { clock } from "../../localize/format";
import type { Services } from "../../services";
import { servicesContext } from "../../services";
import { endings } from "../../store/endings";
import { addressOf, goTo } from "../app/place";
import "./card-actions";
import { cellStyles } from "./cell-styles";
import type { CardSize } from "./selection";
import { Snapshots } from "./snapshots";

/** A picture older than this is not called live. */
const FRESH_MS = 30_000;

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
  /** Address of the picture of what is printed, for a machine without a camera. */
  @state() private modelPicture: string | null | undefined;
  @consume({ context: servicesContext }) private readonly services!: Services;
  readonly #snapshots = new Snapshots(this, () => this.#watched());
  #modelOf = "";

  protected override render() {
    const { printer } = this;
    const place = { page: "floor", printer: printer.id } as const;
    return html`
      <odin-printer-card
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
        ${this.size === "S" ? nothing : this.#picture()} ${this.isChoosing ? this.#choice() : nothing}
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
      </odin-printer-card>
    `;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("size") && this.size === "XL") void import("../printer/temperatures");
  }

  protected override updated(): void {
    const wanted = this.#snapshots.isInView && this.#camera === undefined ? this.#modelKey() : this.#modelOf;
    if (wanted === this.#modelOf) return;
    this.#modelOf = wanted;
    this.modelPicture = wanted === "" ? null : undefined;
    if (wanted !== "") void this.#findModel(wanted);
  }

  async #findModel(wanted: string): Promise<void> {
    const address = await jobPicture(this.services.transport, this.printer.id);
    // The address stays the same from job to job; what it shows does not.
    if (wanted === this.#modelOf) this.modelPicture = `${address}${address.includes("?") ? "&" : "?"}of=${encodeURIComponent(wanted)}`;
  }

  /** Names the job whose picture stands in for the camera; empty where there is none. */
  #modelKey(): string {
    const { printer } = this;
    if (!printer.capabilities.has_print_details || !(isRunning(printer) || hasEnded(printer)) || !printer.job) return "";
    const { file, name, plate } = printer.job;
    return [file ?? name ?? "", plate ?? ""].join("/");
  }

  get #camera(): Camera | undefined {
    return this.mayLook ? this.printer.cameras.find((camera) => camera.is_available) : undefined;
  }

  #watched() {
    const camera = this.#camera;
    if (!camera || !this.printer.is_live || this.isStale || this.size === "S") return undefined;
    return { transport: this.services.transport, printerId: this.printer.id, cameraId: camera.id };
  }

  #picture() {
    const { shown, problem } = this.#snapshots;
    const hasCamera = this.#camera !== undefined;
    const source = hasCamera ? (shown?.url ?? (this.#watched() && !problem ? undefined : null)) : this.modelPicture;
    const isOld = this.isStale || !this.printer.is_live;
    return html`
      <odin-picture
        slot="picture"
        class=${hasCamera ? "" : "model"}
        .src=${source ?? (hasCamera || this.#modelOf ? source : null)}
        .alt=${hasCamera ? t("camera.alt", { name: this.printer.name }) : t("card.model_picture")}
        .isStale=${isOld}
        .fit=${hasCamera ? "cover" : "contain"}
        .empty=${this.#why(hasCamera, problem)}
        @odin-error=${this.#modelFailed}
      ></odin-picture>
      ${shown && hasCamera ? this.#corner(shown.at, isOld) : nothing}
    `;
  }

  #why(hasCamera: boolean, problem: string): string {
    if (!this.printer.is_live) return "";
    if (hasCamera) return problem ? t("camera.fails") : "";
    return this.size === "M" || this.printer.cameras.length === 0
      ? ""
      : (this.printer.cameras[0]?.unavailable_because ?? (this.mayLook ? "" : t("camera.forbidden")));
  }

  #corner(at: number, isOld: boolean) {
    if (!isOld && Date.now() - at < FRESH_MS) {
      return html`<span slot="corner" class="corner" title=${t("camera.live")}><i></i><span class="vh">${t("camera.live")}</span></span>`;
    }
    return html`<span slot="corner" class="corner">${t("camera.old", { at: clock(new Date(at), new Date()) })}</span>`;
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
    return html`<odin-printer-temperatures slot="chart" .printer=${this.printer}></odin-printer-temperatures>`;
  }

  #choose(value: boolean): void {
    this.dispatchEvent(new CustomEvent("odin-choose", { detail: { value } }));
  }

  readonly #modelFailed = (): void => {
    if (this.#camera === undefined) this.modelPicture = null;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-floor-cell": OdinFloorCell;
  }
}
