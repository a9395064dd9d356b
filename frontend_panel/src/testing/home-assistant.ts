/**
 * Home Assistant's connection as its own library keeps it, without a socket: commands are answered by a function, events
 * are sent by hand. Source: home-assistant-js-websocket 9.6, `Connection`.
 */

import type { Command, HomeAssistantConnection, HomeAssistantLink } from "../api/home-assistant-connection";

/** Answers a command, or throws what Home Assistant refuses it with. */
export type Answering = (command: Command) => unknown;

export class MemoryConnection implements HomeAssistantConnection {
  connected = true;
  /** Every command since the beginning. */
  readonly told: Command[] = [];
  readonly #answer: Answering;
  readonly #listeners = new EventTarget();
  readonly #subscriptions = new Map<number, (event: unknown) => void>();
  #id = 0;

  constructor(answer: Answering) {
    this.#answer = answer;
  }

  /** The subscriptions that are open. */
  get subscriptions(): readonly number[] {
    return [...this.#subscriptions.keys()];
  }

  of(type: string): readonly Command[] {
    return this.told.filter((command) => command.type === type);
  }

  async sendMessagePromise(message: Command): Promise<unknown> {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- so does the library
    if (!this.connected) throw 3;
    this.told.push(message);
    await Promise.resolve();
    return this.#answer(message);
  }

  async subscribeMessage(callback: (event: unknown) => void, message: Command): Promise<() => Promise<unknown>> {
    this.#id += 1;
    const id = this.#id;
    // The library writes the id into the message it was given.
    Object.assign(message, { id });
    this.#subscriptions.set(id, callback);
    try {
      await this.sendMessagePromise(message);
    } catch (error) {
      this.#subscriptions.delete(id);
      throw error;
    }
    return async () => {
      this.#subscriptions.delete(id);
      await this.sendMessagePromise({ type: "unsubscribe_events", subscription: id });
    };
  }

  /** Sends an event to a subscription, if it is still there. */
  send(subscription: number, event: unknown): void {
    this.#subscriptions.get(subscription)?.(event);
  }

  /** The socket breaks, and is there again at the call that is returned. */
  drop(): () => void {
    this.connected = false;
    this.#subscriptions.clear();
    this.#id = 0;
    this.#listeners.dispatchEvent(new Event("disconnected"));
    return () => {
      this.connected = true;
      this.#listeners.dispatchEvent(new Event("ready"));
    };
  }

  addEventListener(type: "ready" | "disconnected", listener: () => void): void {
    this.#listeners.addEventListener(type, listener);
  }

  removeEventListener(type: "ready" | "disconnected", listener: () => void): void {
    this.#listeners.removeEventListener(type, listener);
  }
}

/** Refuses a command as Home Assistant does. */
export function refuse(code: string, message: string): never {
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- the library hands on what came over the wire
  throw { code, message };
}

/** Returns Home Assistant's side of a page; `fetched` answers what goes over HTTP. */
export function link(
  connection: HomeAssistantConnection,
  fetched: HomeAssistantLink["fetchWithAuth"] = () => Promise.reject(new TypeError("Failed to fetch")),
): HomeAssistantLink {
  return {
    connection,
    auth: { expired: false, accessToken: "secret", refreshAccessToken: () => Promise.resolve() },
    hassUrl: (path) => `http://home.local${path}`,
    fetchWithAuth: fetched,
  };
}
