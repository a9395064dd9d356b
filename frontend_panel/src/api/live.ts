/**
 * Keeps the live channel open: subscribes after each hello, notices a dead line, and comes back with growing pauses.
 * What the messages mean is the store's business.
 */

import { backoffMs } from "./backoff";
import type { ClientMessage, ServerMessage } from "./live-messages";
import { isServerMessage } from "./live-messages";
import type { Channel, Transport } from "./transport";

/** A line that says nothing for this long is asked; half-open ones look alive to the browser. */
const ASK_AFTER_MS = 20_000;
const ANSWER_WITHIN_MS = 8_000;

export interface LiveListener {
  /** A message arrived. */
  received(message: ServerMessage): void;
  /** The line is lost; a new attempt follows by itself unless `stop` is called. */
  lost(reason: string): void;
}

export class LiveLine {
  readonly #transport: Transport;
  readonly #topics: readonly string[];
  readonly #listener: LiveListener;
  #channel: Channel | undefined;
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isRunning = false;
  #stopHurrying: (() => void) | undefined;

  constructor(transport: Transport, topics: readonly string[], listener: LiveListener) {
    this.#transport = transport;
    this.#topics = topics;
    this.#listener = listener;
  }

  /** Connects and stays connected until `stop`. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#stopHurrying = this.#transport.onReturn(this.#hurry);
    document.addEventListener("visibilitychange", this.#hurry);
    this.#connect();
  }

  /** Hangs up for good. */
  stop(): void {
    this.#isRunning = false;
    this.#stopHurrying?.();
    document.removeEventListener("visibilitychange", this.#hurry);
    clearTimeout(this.#timer);
    this.#channel?.close();
    this.#channel = undefined;
  }

  /** Asks for a topic's snapshot after a gap. */
  resync(topic: string): void {
    this.#send({ type: "resync", topic });
  }

  #connect(): void {
    clearTimeout(this.#timer);
    this.#channel = this.#transport.open({
      received: (message) => {
        this.#receive(message);
      },
      closed: (reason) => {
        this.#lose(reason);
      },
    });
    this.#wait(ANSWER_WITHIN_MS, this.#drop);
  }

  #receive(message: unknown): void {
    this.#wait(ASK_AFTER_MS, this.#ask);
    if (!isServerMessage(message)) return;
    if (message.type === "hello") this.#send({ type: "subscribe", topics: this.#topics, profile: "panel" });
    // The hello comes before the login is looked at: only what follows proves that the line is good.
    else this.#attempt = 0;
    this.#listener.received(message);
  }

  readonly #ask = (): void => {
    this.#send({ type: "ping" });
    this.#wait(ANSWER_WITHIN_MS, this.#drop);
  };

  readonly #drop = (): void => {
    this.#channel?.close();
    this.#lose("");
  };

  #lose(reason: string): void {
    this.#channel = undefined;
    if (!this.#isRunning) return;
    this.#attempt += 1;
    this.#wait(backoffMs(this.#attempt, Math.random()), () => {
      this.#connect();
    });
    this.#listener.lost(reason);
  }

  /** A tab that is looked at again, or a network that is back, does not wait for the timer. */
  readonly #hurry = (): void => {
    if (document.visibilityState === "hidden") return;
    if (this.#channel) this.#ask();
    else this.#connect();
  };

  #send(message: ClientMessage): void {
    this.#channel?.send(message);
  }

  #wait(ms: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, ms);
  }
}
