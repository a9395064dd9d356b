import type { ReactiveController, ReactiveControllerHost } from "lit";
import { css, html, nothing } from "lit";

import { jobPicture } from "../../api/job";
import { ApiError } from "../../api/transport";
import type { Transport } from "../../api/transport";
import type { Camera, Printer } from "../../api/types";
import "../../components/kit/picture";
import { hasEnded, isRunning } from "../../components/printer-tile/summary";
import { t } from "../../localize";
import { clock } from "../../localize/format";
import { givesPictures } from "../../store/pictures";
import { Snapshots } from "./snapshots";

export interface Pictured {
  readonly transport: Transport;
  readonly printer: Printer;
  /** Whether whoever looks may look through cameras. */
  readonly mayLook: boolean;
  /** Nothing is heard: what was seen last is old. */
  readonly isStale: boolean;
  /** There is room for a sentence where there is no picture. */
  readonly hasRoom: boolean;
}

/** A picture older than this is not called live. */
const FRESH_MS = 30_000;

export const pictureStyles = css`
  odin-picture {
    --ratio: auto;
    position: absolute;
    inset: 0;
  }

  odin-picture.model {
    background: var(--o-sunken);
  }

  .corner {
    display: inline-flex;
    gap: 6px;
    align-items: center;
    min-height: 24px;
    padding: 0 8px;
    border-radius: var(--o-r-pill);
    background: rgba(14, 18, 22, 0.78);
    color: #fff;
    font-size: var(--o-t-s);
    white-space: nowrap;
  }

  .corner i {
    width: 8px;
    height: 8px;
    border-radius: 50%;
    background: #ff6b57;
  }
`;

/** What a printer shows of itself while it can be seen: its camera, or what is printed where it has none. */
export class PrinterPicture implements ReactiveController {
  readonly #host: ReactiveControllerHost & Element;
  readonly #pictured: () => Pictured | undefined;
  readonly #snapshots: Snapshots;
  /** Address of the picture of what is printed, for a machine without a camera. */
  #model: string | null | undefined;
  #modelOf = "";

  /** `pictured` is `undefined` while there is nothing to fetch; what was fetched before stays. */
  constructor(host: ReactiveControllerHost & Element, pictured: () => Pictured | undefined) {
    this.#host = host;
    this.#pictured = pictured;
    this.#snapshots = new Snapshots(host, () => this.#watched());
    host.addController(this);
  }

  /** Whether a picture of the camera is there. */
  get hasShown(): boolean {
    return this.#snapshots.shown !== undefined;
  }

  hostUpdated(): void {
    const pictured = this.#pictured();
    if (!pictured) return;
    const wanted = this.#snapshots.isInView && cameraOf(pictured) === undefined ? modelKey(pictured.printer) : this.#modelOf;
    if (wanted === this.#modelOf) return;
    this.#modelOf = wanted;
    this.#model = wanted === "" ? null : undefined;
    this.#host.requestUpdate();
    if (wanted !== "") void this.#findModel(pictured, wanted);
  }

  /** Draws the picture; `slot` is where it goes. */
  picture(pictured: Pictured, slot: string) {
    const { printer } = pictured;
    const { shown, problem } = this.#snapshots;
    const hasCamera = cameraOf(pictured) !== undefined;
    const source = hasCamera ? (shown?.url ?? (this.#watched() && !problem ? undefined : null)) : this.#model;
    return html`
      <odin-picture
        slot=${slot || nothing}
        class=${hasCamera ? "" : "model"}
        .src=${source ?? (hasCamera || this.#modelOf ? source : null)}
        .alt=${hasCamera ? t("camera.alt", { name: printer.name }) : t("card.model_picture")}
        .isStale=${isOld(pictured)}
        .fit=${hasCamera ? "cover" : "contain"}
        .empty=${why(pictured, hasCamera, problem)}
        @odin-error=${this.#modelFailed}
      ></odin-picture>
    `;
  }

  /** Draws how old it is. */
  age(pictured: Pictured, slot: string) {
    const { shown } = this.#snapshots;
    if (!shown || cameraOf(pictured) === undefined) return nothing;
    if (!isOld(pictured) && Date.now() - shown.at < FRESH_MS) {
      return html`
        <span slot=${slot || nothing} class="corner" title=${t("camera.live")}
          ><i></i><span class="vh">${t("camera.live")}</span></span
        >
      `;
    }
    return html`
      <span slot=${slot || nothing} class="corner">${t("camera.old", { at: clock(new Date(shown.at), new Date()) })}</span>
    `;
  }

  #watched() {
    const pictured = this.#pictured();
    const camera = pictured && cameraOf(pictured);
    if (!camera || isOld(pictured)) return undefined;
    return { transport: pictured.transport, printerId: pictured.printer.id, cameraId: camera.id };
  }

  async #findModel({ transport, printer }: Pictured, wanted: string): Promise<void> {
    const address = await jobPicture(transport, printer.id, wanted).catch(noAddress);
    if (wanted !== this.#modelOf) return;
    this.#model = address;
    this.#host.requestUpdate();
  }

  readonly #modelFailed = (): void => {
    const pictured = this.#pictured();
    if (!pictured || cameraOf(pictured) !== undefined) return;
    this.#model = null;
    this.#host.requestUpdate();
  };
}

function noAddress(error: unknown): null {
  if (!(error instanceof ApiError)) throw error;
  return null;
}

function isOld({ isStale, printer }: Pictured): boolean {
  return isStale || !printer.is_live;
}

function cameraOf({ mayLook, printer }: Pictured): Camera | undefined {
  return mayLook ? printer.cameras.find(givesPictures) : undefined;
}

/** Names the job whose picture stands in for the camera; empty where there is none. */
function modelKey(printer: Printer): string {
  if (!printer.capabilities.has_print_details || !(isRunning(printer) || hasEnded(printer)) || !printer.job) return "";
  const { file, name, plate } = printer.job;
  return [file ?? name ?? "", plate ?? ""].join("/");
}

/** Says why there is no picture, where the reason is worth its room. */
function why({ printer, mayLook, hasRoom }: Pictured, hasCamera: boolean, problem: string): string {
  if (!printer.is_live) return "";
  if (hasCamera) return problem ? t("camera.fails") : "";
  const [camera] = printer.cameras;
  return hasRoom && camera ? (camera.unavailable_because ?? (mayLook ? "" : t("camera.forbidden"))) : "";
}
