import type { ReactiveController, ReactiveControllerHost } from "lit";

import { backoffMs } from "../../api/backoff";
import { readFrame } from "../../api/camera";
import { ApiError } from "../../api/transport";
import type { Transport } from "../../api/transport";

export interface Watched {
  readonly transport: Transport;
  readonly printerId: string;
  readonly cameraId: string;
}

export interface Shown {
  /** Address of the picture in this page. */
  readonly url: string;
  /** When it was taken, by this device's clock. */
  readonly at: number;
}

/** As often as a person sees a difference; the engine serves everybody from one connection to the camera. */
const EVERY_MS = 1_000;
/** On a second screen, beside the window somebody works in. */
const UNFOCUSED_MS = 5_000;

const NOT_SUPPORTED = "printer_not_supported";

/** Returns how long to wait before the next picture. */
export function pauseMs(failures: number, isFocused: boolean): number {
  if (failures > 0) return Math.max(backoffMs(failures, 0), EVERY_MS);
  return isFocused ? EVERY_MS : UNFOCUSED_MS;
}

/** Fetches the pictures of one camera, one after the other, while its host can be seen. */
export class FrameWatch implements ReactiveController {
  shown: Shown | undefined;
  /** Why the last attempt brought none, in the engine's words. */
  problem = "";
  /** Whether this camera has no pictures to give, so that nobody asks again. */
  isHopeless = false;
  readonly #host: ReactiveControllerHost & Element;
  readonly #watched: () => Watched | undefined;
  readonly #observer = new IntersectionObserver((entries) => {
    this.#isInView = entries.at(-1)?.isIntersecting ?? false;
    this.#plan();
  });
  #isInView = false;
  #isBusy = false;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #of = "";
  #shownOf = "";
  #end = new AbortController();

  /** `watched` names the camera; `undefined` while there is nothing to fetch. */
  constructor(host: ReactiveControllerHost & Element, watched: () => Watched | undefined) {
    this.#host = host;
    this.#watched = watched;
    host.addController(this);
  }

  hostConnected(): void {
    this.#end = new AbortController();
    const { signal } = this.#end;
    document.addEventListener("visibilitychange", this.#plan, { signal });
    addEventListener("focus", this.#plan, { signal });
    this.#observer.observe(this.#host);
  }

  hostDisconnected(): void {
    this.#end.abort();
    this.#observer.disconnect();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isInView = false;
    this.#put(undefined);
  }

  hostUpdated(): void {
    const watched = this.#watched();
    const of = watched ? `${watched.printerId}/${watched.cameraId}` : "";
    if (of === this.#of) return;
    this.#of = of;
    // A printer that went away leaves its last picture, which says how old it is.
    if (of !== "" && of !== this.#shownOf) this.#put(undefined);
    this.#failures = 0;
    this.problem = "";
    this.isHopeless = false;
    this.#plan();
  }

  /** Starts over with the next picture, or stops where nobody looks. */
  readonly #plan = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#isInView || document.visibilityState === "hidden" || this.#of === "" || this.#isBusy || this.isHopeless) return;
    const isFirst = this.shown === undefined && this.#failures === 0;
    this.#timer = setTimeout(() => void this.#fetch(), isFirst ? 0 : pauseMs(this.#failures, document.hasFocus()));
  };

  async #fetch(): Promise<void> {
    const watched = this.#watched();
    if (!watched) return;
    const of = this.#of;
    this.#isBusy = true;
    try {
      const { picture, age_ms } = await readFrame(watched.transport, watched.printerId, watched.cameraId);
      if (of === this.#of && this.#host.isConnected) this.#took(picture, age_ms);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (of === this.#of) this.#failed(error);
    } finally {
      this.#isBusy = false;
      if (this.#host.isConnected) this.#plan();
    }
  }

  #took(picture: Blob, age_ms: number): void {
    this.#failures = 0;
    this.problem = "";
    this.#shownOf = this.#of;
    this.#put({ url: URL.createObjectURL(picture), at: Date.now() - age_ms });
  }

  #failed({ message, problem }: ApiError): void {
    this.#failures += 1;
    this.problem = message;
    this.isHopeless = problem?.code === NOT_SUPPORTED;
    this.#host.requestUpdate();
  }

  #put(shown: Shown | undefined): void {
    const before = this.shown;
    this.shown = shown;
    // The picture before stays drawn until the next one is decoded.
    if (before) setTimeout(() => { URL.revokeObjectURL(before.url); }, EVERY_MS);
    this.#host.requestUpdate();
  }
}
