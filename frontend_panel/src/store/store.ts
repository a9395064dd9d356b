/** The one store: a state, the actions that change it, and controllers that re-render on their slice only. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

import type { LiveAction, LiveState } from "./live";
import { quiet, reduceLive } from "./live";
import type { SessionAction, SessionState } from "./session";
import { reduceSession, unknownSession } from "./session";

export interface State {
  readonly session: SessionState;
  readonly live: LiveState;
}

export type Action = SessionAction | LiveAction;
export type Listener = () => void;

export function reduce(state: State, action: Action): State {
  const next = {
    session: isSession(action) ? reduceSession(state.session, action) : state.session,
    live: isSession(action) ? state.live : reduceLive(state.live, action),
  };
  return next.session === state.session && next.live === state.live ? state : next;
}

function isSession(action: Action): action is SessionAction {
  return action.type.startsWith("session/");
}

export class Store {
  #state: State = { session: unknownSession, live: quiet };
  readonly #listeners = new Set<Listener>();

  get state(): State {
    return this.#state;
  }

  dispatch(action: Action): void {
    const next = reduce(this.#state, action);
    if (next === this.#state) return;
    this.#state = next;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Calls `listener` after every change; returns how to stop. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Gives a view one slice of the store and re-renders it when, and only when, that slice is another value. */
export class Slice<T> implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #store: () => Store | undefined;
  readonly #select: (state: State) => T;
  #value: T | undefined;
  #stop: (() => void) | undefined;

  /** `store` is asked when the host connects: a context is empty before. */
  constructor(host: ReactiveControllerHost, store: () => Store | undefined, select: (state: State) => T) {
    this.#host = host;
    this.#store = store;
    this.#select = select;
    host.addController(this);
  }

  get value(): T | undefined {
    return this.#value;
  }

  hostConnected(): void {
    const store = this.#store();
    if (!store) return;
    this.#stop?.();
    this.#take(store);
    this.#stop = store.subscribe(() => {
      this.#take(store);
    });
  }

  hostDisconnected(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  #take(store: Store): void {
    const value = this.#select(store.state);
    if (value === this.#value) return;
    this.#value = value;
    this.#host.requestUpdate();
  }
}
