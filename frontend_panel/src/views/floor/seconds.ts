import type { ReactiveController, ReactiveControllerHost } from "lit";

const SECOND_MS = 1000;

/** Re-renders its host every second, but only while it has something to count. */
export class Seconds implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #isNeeded: () => boolean;
  #timer: ReturnType<typeof setInterval> | undefined;
  /** The instant of this rendering, in ms since the epoch. */
  now = Date.now();

  constructor(host: ReactiveControllerHost, isNeeded: () => boolean) {
    this.#host = host;
    this.#isNeeded = isNeeded;
    host.addController(this);
  }

  hostUpdate(): void {
    this.now = Date.now();
    if (this.#isNeeded()) {
      this.#timer ??= setInterval(() => {
        this.#host.requestUpdate();
      }, SECOND_MS);
    } else {
      this.hostDisconnected();
    }
  }

  hostDisconnected(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
