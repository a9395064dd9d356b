/** Dragging a row of a list by its grip, with a mouse, a pen or a finger. Escape lets go without moving it. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

import { dropPlace } from "./order";

/** So near to the edge of the window the page scrolls along. */
const EDGE_PX = 72;
const SCROLL_PX = 14;

export interface Drag {
  readonly id: string;
  readonly from: number;
  /** Where it goes when it is let go now, counted without itself. */
  readonly to: number;
  /** How far it was pulled. */
  readonly byPx: number;
}

export class Dragging implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #rows: () => readonly HTMLElement[];
  readonly #dropped: (id: string, to: number) => void;
  #drag: Drag | undefined;
  #startPx = 0;
  #end: AbortController | undefined;

  /** `rows` are the rows as they lie; `dropped` hears where one was let go. */
  constructor(
    host: ReactiveControllerHost,
    rows: () => readonly HTMLElement[],
    dropped: (id: string, to: number) => void,
  ) {
    this.#host = host;
    this.#rows = rows;
    this.#dropped = dropped;
    host.addController(this);
  }

  get current(): Drag | undefined {
    return this.#drag;
  }

  hostDisconnected(): void {
    this.#finish();
  }

  /** Begins at a press on the grip of row number `from`. */
  start(event: PointerEvent, id: string, from: number): void {
    if (event.button !== 0 || this.#drag) return;
    event.preventDefault();
    (event.currentTarget as HTMLElement).focus();
    this.#startPx = event.clientY + scrollY;
    this.#end = new AbortController();
    const { signal } = this.#end;
    addEventListener("pointermove", this.#moved, { signal });
    addEventListener("pointerup", this.#released, { signal });
    addEventListener("pointercancel", this.#finish, { signal });
    addEventListener("keydown", this.#keyed, { signal, capture: true });
    this.#set({ id, from, to: from, byPx: 0 });
  }

  readonly #moved = (event: PointerEvent): void => {
    if (!this.#drag) return;
    if (event.clientY < EDGE_PX) scrollBy(0, -SCROLL_PX);
    else if (event.clientY > innerHeight - EDGE_PX) scrollBy(0, SCROLL_PX);
    const byPx = event.clientY + scrollY - this.#startPx;
    const { from } = this.#drag;
    const spans = this.#rows().map((row, index) => {
      const { top, height } = row.getBoundingClientRect();
      // The pulled row itself is drawn elsewhere than it lies.
      return { top: index === from ? top - this.#shiftPx : top, height };
    });
    this.#set({ ...this.#drag, byPx, to: dropPlace(spans, from, event.clientY) });
  };

  get #shiftPx(): number {
    return this.#drag?.byPx ?? 0;
  }

  readonly #released = (): void => {
    const drag = this.#drag;
    this.#finish();
    if (drag && drag.to !== drag.from) this.#dropped(drag.id, drag.to);
  };

  readonly #keyed = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    this.#finish();
  };

  readonly #finish = (): void => {
    this.#end?.abort();
    this.#end = undefined;
    if (this.#drag) this.#set(undefined);
  };

  #set(drag: Drag | undefined): void {
    this.#drag = drag;
    this.#host.requestUpdate();
  }
}
