import type { ReactiveController, ReactiveControllerHost } from "lit";

import { backoffMs } from "../../api/backoff";
import { readFrame } from "../../api/camera";
import { ApiError } from "../../api/transport";
import type { Transport } from "../../api/transport";
import { watchView } from "./in-view";
import { Turns } from "./turns";

export interface Watched {
  readonly transport: Transport;
  readonly printerId: string;
  readonly cameraId: string;
}

export interface Shown {
  /** Address of the picture in this page. */
  readonly url: string;
  /** When it was taken, by this device's clock, in ms. */
  readonly at: number;
}

/** Two hundred cards must neither load the engine nor the printers: a card is a glance, the drawer is live. */
const EVERY_MS = 5_000;
const AT_ONCE = 3;
/** The picture before stays drawn until the next one is decoded. */
const KEPT_MS = 2_000;

const turns = new Turns(AT_ONCE);

/** A picture of one camera every few seconds, while its card can be seen; all cards take turns. */
export class Snapshots implements ReactiveController {
  shown: Shown | undefined;
  /** Why the last attempt brought none, in the engine's words. */
  problem = "";
  /** Whether the card can be seen. */
  isInView = false;
  readonly #host: ReactiveControllerHost & Element;
  readonly #watched: () => Watched | undefined;
  #of = "";
  #failures = 0;
  #isBusy = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stop: (() => void) | undefined;

  /** `watched` names the camera; `undefined` while there is nothing to fetch. */
  constructor(host: ReactiveControllerHost & Element, watched: () => Watched | undefined) {
    this.#host = host;
    this.#watched = watched;
    host.addController(this);
  }

  hostConnected(): void {
    const stopView = watchView(this.#host, (isInView) => {
      if (isInView !== this.isInView) this.#host.requestUpdate();
      this.isInView = isInView;
      this.#plan();
    });
    document.addEventListener("visibilitychange", this.#plan);
    this.#stop = () => {
      stopView();
      document.removeEventListener("visibilitychange", this.#plan);
    };
  }

  hostDisconnected(): void {
    this.#stop?.();
    clearTimeout(this.#timer);
    this.isInView = false;
    this.#of = "";
    this.#put(undefined);
  }

  hostUpdated(): void {
    const watched = this.#watched();
    const of = watched ? `${watched.printerId}/${watched.cameraId}` : "";
    if (of === this.#of) return;
    // A printer that went away leaves its last picture, which says how old it is.
    if (of !== "" && this.#of !== "") this.#put(undefined);
    this.#of = of;
    this.#failures = 0;
    this.problem = "";
    this.#plan();
  }

  get #isWanted(): boolean {
    return this.isInView && this.#of !== "" && document.visibilityState !== "hidden" && this.#host.isConnected;
  }

  readonly #plan = (): void => {
    clearTimeout(this.#timer);
    if (!this.#isWanted || this.#isBusy) return;
    const isFirst = this.shown === undefined && this.#failures === 0;
    const age_ms = this.shown ? Date.now() - this.shown.at : 0;
    const pause = this.#failures > 0 ? Math.max(backoffMs(this.#failures, 0), EVERY_MS) : Math.max(0, EVERY_MS - age_ms);
    this.#timer = setTimeout(() => void this.#fetch(), isFirst ? 0 : pause);
  };

  async #fetch(): Promise<void> {
    this.#isBusy = true;
    const of = this.#of;
    try {
      await turns.run(
        () => this.#isWanted && of === this.#of,
        () => this.#take(of),
      );
    } finally {
      this.#isBusy = false;
      this.#plan();
    }
  }

  async #take(of: string): Promise<void> {
    const watched = this.#watched();
    if (!watched) return;
    try {
      const { picture, age_ms } = await readFrame(watched.transport, watched.printerId, watched.cameraId);
      if (of !== this.#of || !this.#host.isConnected) return;
      this.#failures = 0;
      this.problem = "";
      this.#put({ url: URL.createObjectURL(picture), at: Date.now() - age_ms });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (of !== this.#of) return;
      this.#failures += 1;
      this.problem = error.message;
      this.#host.requestUpdate();
    }
  }

  #put(shown: Shown | undefined): void {
    const before = this.shown;
    this.shown = shown;
    if (before) {
      setTimeout(() => {
        URL.revokeObjectURL(before.url);
      }, KEPT_MS);
    }
    this.#host.requestUpdate();
  }
}
