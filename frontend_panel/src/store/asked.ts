/** What a view asked the engine for: not answered yet, an answer, or why there is none. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

import { ApiError } from "../api/transport";

/** Asks when the view is shown and re-renders it with the answer. An answer stays while a newer one is on its way. */
export class Asked<T> implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #ask: () => Promise<T>;
  #value: T | undefined;
  #problem = "";
  #round = 0;
  #isAsking = false;

  constructor(host: ReactiveControllerHost, ask: () => Promise<T>) {
    this.#host = host;
    this.#ask = ask;
    host.addController(this);
  }

  get value(): T | undefined {
    return this.#value;
  }

  /** Why the last time of asking failed, in a sentence. */
  get problem(): string {
    return this.#problem;
  }

  get isAsking(): boolean {
    return this.#isAsking;
  }

  hostConnected(): void {
    void this.again();
  }

  /** Asks once more; an answer that was overtaken does not count. */
  readonly again = async (): Promise<void> => {
    this.#round += 1;
    const round = this.#round;
    this.#isAsking = true;
    this.#host.requestUpdate();
    try {
      const value = await this.#ask();
      if (round !== this.#round) return;
      this.#value = value;
      this.#problem = "";
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (round === this.#round) this.#problem = error.message;
    } finally {
      if (round === this.#round) {
        this.#isAsking = false;
        this.#host.requestUpdate();
      }
    }
  };

  /** Takes what an action answered; whatever was asked before is overtaken. */
  take(value: T): void {
    this.#round += 1;
    this.#isAsking = false;
    this.#problem = "";
    this.#value = value;
    this.#host.requestUpdate();
  }
}
