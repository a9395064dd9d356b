/** Keeps the store true: asks who is there, holds the live line while somebody is signed in, and notices the end of it. */

import { backoffMs } from "../api/backoff";
import { readSession, readSetup, signOut } from "../api/identity";
import { LiveLine } from "../api/live";
import type { ServerMessage } from "../api/live-messages";
import type { Transport } from "../api/transport";
import type { Session } from "../api/types";
import { TOPICS } from "./live";
import type { Store } from "./store";

export class Keeper {
  readonly #transport: Transport;
  readonly #store: Store;
  readonly #line: LiveLine;
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #isStopped = false;

  constructor(transport: Transport, store: Store) {
    this.#transport = transport;
    this.#store = store;
    this.#line = new LiveLine(transport, TOPICS, {
      received: (message) => {
        this.#receive(message);
      },
      lost: (reason) => {
        this.#store.dispatch({ type: "live/lost", reason });
        void this.recheck();
      },
    });
  }

  /** Finds out what the first page is; tries until the engine answers. */
  async start(): Promise<void> {
    try {
      const session = await readSession(this.#transport);
      if (this.#isStopped) return;
      if (session) {
        this.enter(session);
        return;
      }
      const setup = await readSetup(this.#transport);
      this.#store.dispatch({ type: setup.is_needed ? "session/setup_needed" : "session/signed_out" });
    } catch {
      if (this.#isStopped) return;
      this.#attempt += 1;
      this.#store.dispatch({ type: "session/unreachable" });
      this.#retry = setTimeout(() => void this.start(), backoffMs(this.#attempt, Math.random()));
    }
  }

  /** Tries at once, where it is waiting for an engine that did not answer. */
  retry(): void {
    if (this.#store.state.session.phase !== "unreachable" || this.#isStopped) return;
    clearTimeout(this.#retry);
    void this.start();
  }

  /** Hangs up for good, without signing out. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#retry);
    this.#line.stop();
  }

  /** Takes in whoever just signed in. */
  enter(session: Session): void {
    this.#store.dispatch({ type: "session/signed_in", session });
    if (!session.must_change_password) this.#line.start();
  }

  /** Signs out. Throws `ApiError` where the engine does not do it: the session then goes on. */
  async leave(): Promise<void> {
    await signOut(this.#transport);
    this.#close("session/signed_out");
  }

  /** Looks whether the engine still knows us, after something made that doubtful. */
  async recheck(): Promise<void> {
    try {
      const session = await readSession(this.#transport);
      if (session) this.#store.dispatch({ type: "session/signed_in", session });
      else this.#close("session/ended");
    } catch {
      // No answer is no news; the live line goes on trying and asks again.
    }
  }

  #receive(message: ServerMessage): void {
    const before = this.#store.state.live;
    this.#store.dispatch({ type: "live/received", message, at: Date.now() });
    const after = this.#store.state.live;
    for (const topic of TOPICS) {
      if (after[topic].isBehind && !before[topic].isBehind) this.#line.resync(topic);
    }
  }

  #close(type: "session/signed_out" | "session/ended"): void {
    this.#line.stop();
    this.#store.dispatch({ type });
    this.#store.dispatch({ type: "live/stopped" });
  }
}
