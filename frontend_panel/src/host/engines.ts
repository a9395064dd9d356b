/** Which engines Home Assistant has, and which one is looked at. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

import { readEngines } from "../api/engines";
import type { Engine } from "../api/engines";
import type { HomeAssistantConnection } from "../api/home-assistant-connection";
import { ApiError } from "../api/transport";
import { keep, kept } from "../store/kept";

/** Home Assistant tries an engine that is away again and again; this often it is asked whether it has it back. */
const AGAIN_MS = 5_000;
const REMEMBERED = "odin.engine";

/** Returns the engine that an address names, or the one of last time, or one that is there. */
export function chosenEngine(
  engines: readonly Engine[],
  named: string | undefined,
  remembered: string | undefined,
): Engine | undefined {
  const of = (id: string | undefined) => engines.find(({ entry_id }) => entry_id === id);
  return of(named) ?? of(remembered) ?? engines.find(({ state }) => state === "loaded") ?? engines[0];
}

/** Returns what to call each engine, by its entry: its title, with a number where several have the same. */
export function distinctNames(engines: readonly Engine[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const seen = new Map<string, number>();
  for (const { entry_id, title } of engines) {
    const count = (seen.get(title) ?? 0) + 1;
    seen.set(title, count);
    names.set(entry_id, count === 1 ? title : `${title} ${count}`);
  }
  return names;
}

export function rememberedEngine(): string | undefined {
  return kept(REMEMBERED);
}

export function rememberEngine({ entry_id }: Engine): void {
  keep(REMEMBERED, entry_id);
}

/** Knows the engines, and asks for them anew while one of them is not there. */
export class Engines implements ReactiveController {
  /** `undefined` before the first answer. */
  all: readonly Engine[] | undefined;
  /** Why there is no answer. */
  problem = "";
  readonly #host: ReactiveControllerHost;
  #connection: HomeAssistantConnection | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isConnected = false;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  /** Asks over this connection. The same one again changes nothing. */
  ask(connection: HomeAssistantConnection): void {
    if (connection === this.#connection) return;
    this.#connection?.removeEventListener("ready", this.again);
    this.#connection = connection;
    if (this.#isConnected) this.#begin();
  }

  hostConnected(): void {
    this.#isConnected = true;
    this.#begin();
  }

  hostDisconnected(): void {
    this.#isConnected = false;
    clearTimeout(this.#timer);
    this.#connection?.removeEventListener("ready", this.again);
  }

  readonly again = (): void => {
    void this.#read();
  };

  #begin(): void {
    this.#connection?.addEventListener("ready", this.again);
    this.again();
  }

  async #read(): Promise<void> {
    const connection = this.#connection;
    if (!connection) return;
    clearTimeout(this.#timer);
    try {
      this.all = await readEngines(connection);
      this.problem = "";
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = error.message;
    }
    if (!this.#isConnected || connection !== this.#connection) return;
    const isComplete = this.problem === "" && this.all?.length !== 0 && this.all?.every(({ state }) => state === "loaded");
    if (!isComplete) this.#timer = setTimeout(this.again, AGAIN_MS);
    this.#host.requestUpdate();
  }
}
