import type { ReactiveController, ReactiveControllerHost } from "lit";

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Tells its host how large it is, in px, before anything of it is painted. */
export class Measured implements ReactiveController {
  readonly #host: ReactiveControllerHost & Element;
  readonly #isCut: () => boolean;
  readonly #observer: ResizeObserver;
  #size: Size = { width: 0, height: 0 };

  /** `isCut` says whether the height is given: one that follows from what is drawn must not change it. */
  constructor(host: ReactiveControllerHost & Element, isCut: () => boolean) {
    this.#host = host;
    this.#isCut = isCut;
    this.#observer = new ResizeObserver(() => {
      const before = this.#size;
      const { width, height } = this.#take();
      if (width !== before.width || (this.#isCut() && height !== before.height)) host.requestUpdate();
    });
    host.addController(this);
  }

  hostConnected(): void {
    this.#observer.observe(this.#host);
  }

  hostDisconnected(): void {
    this.#observer.disconnect();
  }

  /** The first drawing needs it already: a second one would push about what is below. */
  get size(): Size {
    return this.#size.width === 0 ? this.#take() : this.#size;
  }

  #take(): Size {
    this.#size = { width: this.#host.clientWidth, height: this.#host.clientHeight };
    return this.#size;
  }
}
