/**
 * What became of a press: sent, taken by the printer, and shown by its reports. A command the printer acknowledged is
 * not done before the live state says so.
 */

import type { ReactiveController, ReactiveControllerHost } from "lit";

import { ApiError } from "../api/transport";

export type Press =
  | { readonly phase: "rest" }
  | { readonly phase: "sending" }
  /** Acknowledged; the reports do not show it yet. */
  | { readonly phase: "sent" }
  | { readonly phase: "confirmed" }
  | { readonly phase: "failed"; readonly reason: string };

const REST: Press = { phase: "rest" };
/** How long a tick stays, and how long the reports may take to show what was acknowledged. */
const SHOWN_MS = 1_500;
const PATIENCE_MS = 15_000;

interface Pressed {
  readonly press: Press;
  readonly shows: (() => boolean) | undefined;
}

/** Keeps the presses of one view by name and re-renders it when one moves on. */
export class Presses implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #pressed = new Map<string, Pressed>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  of(name: string): Press {
    return this.#pressed.get(name)?.press ?? REST;
  }

  /**
   * Calls the engine for a press; `shows` tells from the live state whether the printer shows it, and is asked whenever
   * the host renders. Without it an acknowledgement is the confirmation. Returns whether the engine took it.
   */
  async press(name: string, call: () => Promise<unknown>, shows?: () => boolean): Promise<boolean> {
    if (this.of(name).phase === "sending") return false;
    this.#set(name, { phase: "sending" });
    try {
      await call();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#set(name, { phase: "failed", reason: error.message });
      return false;
    }
    if (shows === undefined || shows()) this.#confirm(name);
    else {
      this.#set(name, { phase: "sent" }, shows);
      this.#later(name, PATIENCE_MS);
    }
    return true;
  }

  /** Puts a failure away. */
  forget(name: string): void {
    this.#set(name, REST);
  }

  hostUpdate(): void {
    for (const [name, { press, shows }] of this.#pressed) {
      if (press.phase === "sent" && shows?.() === true) this.#confirm(name);
    }
  }

  hostDisconnected(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#pressed.clear();
  }

  #confirm(name: string): void {
    this.#set(name, { phase: "confirmed" });
    this.#later(name, SHOWN_MS);
  }

  #later(name: string, ms: number): void {
    this.#timers.set(
      name,
      setTimeout(() => {
        this.#set(name, REST);
      }, ms),
    );
  }

  #set(name: string, press: Press, shows?: () => boolean): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
    if (press.phase === "rest") this.#pressed.delete(name);
    else this.#pressed.set(name, { press, shows });
    this.#host.requestUpdate();
  }
}
