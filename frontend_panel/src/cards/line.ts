import type { ReactiveController, ReactiveControllerHost } from "lit";

import type { HomeAssistantLink } from "../api/home-assistant-connection";
import { holdLine } from "../host/lines";
import type { HeldLine } from "../host/lines";
import type { Services } from "../services";
import { Notices } from "./notices";
import type { Seen } from "./seen";
import { isSame, seenOf } from "./seen";

interface Followed {
  readonly link: HomeAssistantLink;
  readonly entryId: string;
  readonly printerId: string;
}

/** Follows one printer over the line that all cards of a page share; renders its host when something about it changed. */
export class PrinterLine implements ReactiveController {
  seen: Seen | undefined;
  readonly #host: ReactiveControllerHost & EventTarget;
  readonly #opened: (services: Services) => void;
  #followed: Followed | undefined;
  #held: HeldLine | undefined;
  #stop: (() => void) | undefined;
  #isConnected = false;

  /** `opened` is told what the parts of the host may ask for, before they are there. */
  constructor(host: ReactiveControllerHost & EventTarget, opened: (services: Services) => void) {
    this.#host = host;
    this.#opened = opened;
    host.addController(this);
  }

  /** Follows another printer, or none. The same one again changes nothing. */
  follow(next: Followed | undefined): void {
    const before = this.#followed;
    this.#followed = next;
    const isSameLine = before?.link.connection === next?.link.connection && before?.entryId === next?.entryId;
    if (!isSameLine) {
      this.#release();
      this.#hold();
    } else if (before?.printerId !== next?.printerId) this.#take();
  }

  hostConnected(): void {
    this.#isConnected = true;
    this.#hold();
  }

  hostDisconnected(): void {
    this.#isConnected = false;
    this.#release();
  }

  #hold(): void {
    if (!this.#isConnected || this.#held || !this.#followed) return;
    const held = holdLine(this.#followed.link, this.#followed.entryId);
    const { transport, store, keeper } = held;
    this.#held = held;
    this.#opened({ transport, store, keeper, toasts: new Notices(this.#host) });
    this.#stop = store.subscribe(() => {
      this.#take();
    });
    this.#take();
  }

  #release(): void {
    this.#stop?.();
    this.#held?.release();
    this.#stop = this.#held = this.seen = undefined;
  }

  #take(): void {
    if (!this.#held || !this.#followed) return;
    const seen = seenOf(this.#held.store.state, this.#followed.printerId);
    if (isSame(seen, this.seen)) return;
    this.seen = seen;
    this.#host.requestUpdate();
  }
}
