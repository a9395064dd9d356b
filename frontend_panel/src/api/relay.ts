/** The live channel as Home Assistant relays it: a subscription on the connection that its page holds anyway. */

import { isObject } from "./answers";
import type { HomeAssistantConnection } from "./home-assistant-connection";
import { sentenceOf } from "./home-assistant-connection";
import type { Channel, ChannelListener } from "./transport";

/**
 * Opens the channel of an engine. Home Assistant's connection would subscribe again by itself when it comes back; this one
 * ends instead, as a socket does, so that a new one is opened at one place only and no line is there twice.
 */
export function openRelay(connection: HomeAssistantConnection, entryId: string, listener: ChannelListener): Channel {
  return new Relay(connection, entryId, listener);
}

class Relay implements Channel {
  readonly #connection: HomeAssistantConnection;
  readonly #listener: ChannelListener;
  /**
   * Source: home-assistant-js-websocket, `Connection.sendMessage` writes the command's id into the message it sends. It is
   * the subscription's name and told nowhere else.
   */
  readonly #message: { readonly type: string; readonly entry_id: string; readonly id?: number };
  #unsubscribe: (() => Promise<unknown>) | undefined;
  #isOver = false;

  constructor(connection: HomeAssistantConnection, entryId: string, listener: ChannelListener) {
    this.#connection = connection;
    this.#listener = listener;
    this.#message = { type: "odin/live", entry_id: entryId };
    connection.addEventListener("disconnected", this.#cut);
    void this.#subscribe();
  }

  send(message: unknown): void {
    const { id } = this.#message;
    if (this.#isOver || id === undefined) return;
    this.#connection.sendMessagePromise({ type: "odin/live/send", subscription: id, message }).catch((error: unknown) => {
      this.#end(sentenceOf(error));
    });
  }

  close(): void {
    this.#isOver = true;
    this.#connection.removeEventListener("disconnected", this.#cut);
    // A connection that broke meanwhile has forgotten it already.
    this.#unsubscribe?.().catch(() => undefined);
    this.#unsubscribe = undefined;
  }

  async #subscribe(): Promise<void> {
    if (!this.#connection.connected) {
      // Asked while it is down it would never answer; and nobody holds this channel yet.
      await Promise.resolve();
      this.#cut();
      return;
    }
    try {
      this.#unsubscribe = await this.#connection.subscribeMessage(this.#heard, this.#message, { resubscribe: false });
      if (this.#isOver) this.close();
    } catch (error) {
      this.#end(sentenceOf(error));
    }
  }

  readonly #heard = (event: unknown): void => {
    if (this.#isOver || !isObject(event)) return;
    if (event["type"] === "message") this.#listener.received(event["message"]);
    if (event["type"] === "closed") this.#end(typeof event["reason"] === "string" ? event["reason"] : "");
  };

  readonly #cut = (): void => {
    this.#end("");
  };

  #end(reason: string): void {
    if (this.#isOver) return;
    this.close();
    this.#listener.closed(reason);
  }
}
