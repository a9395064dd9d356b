/** Bars with buttons at the lower edge, which news must not cover. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

/** What lies on the page, and what lies in a modal over it. */
export type Layer = "page" | "modal";

export interface Box {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

const GAP_PX = 8;

class Bars extends EventTarget {
  readonly #known = new Map<Element, Layer>();
  readonly #sizes = new ResizeObserver(() => {
    this.dispatchEvent(new Event("changed"));
  });

  on(layer: Layer): readonly Element[] {
    return [...this.#known].filter(([, each]) => each === layer).map(([element]) => element);
  }

  add(element: Element, layer: Layer): void {
    this.#known.set(element, layer);
    this.#sizes.observe(element);
  }

  remove(element: Element): void {
    this.#known.delete(element);
    this.#sizes.unobserve(element);
    this.dispatchEvent(new Event("changed"));
  }
}

let bars: Bars | undefined;

/** Returns all bars; they tell `changed` listeners when one comes, goes or grows. */
export function allBars(): Bars {
  return (bars ??= new Bars());
}

/** Keeps an element of a host clear of news, as long as it is there; call it when the host is made. */
export function keepClear(host: ReactiveControllerHost, layer: Layer, element: () => Element | null): void {
  host.addController(new KeptClear(layer, element));
}

class KeptClear implements ReactiveController {
  readonly #element: () => Element | null;
  readonly #layer: Layer;
  #kept: Element | null = null;

  constructor(layer: Layer, element: () => Element | null) {
    this.#element = element;
    this.#layer = layer;
  }

  hostConnected(): void {
    this.hostUpdated();
  }

  hostUpdated(): void {
    const element = this.#element();
    if (element === this.#kept) return;
    this.hostDisconnected();
    this.#kept = element;
    if (element) allBars().add(element, this.#layer);
  }

  hostDisconnected(): void {
    if (this.#kept) allBars().remove(this.#kept);
    this.#kept = null;
  }
}

/**
 * Returns how far above the lower edge news have to begin, at least `usual`: they climb over every bar they would lie on.
 * All in px; `news` is as tall as it is, wherever it stands.
 */
export function clearOf(boxes: readonly Box[], news: Box, usual: number, viewport: number): number {
  const tall = news.bottom - news.top;
  let from = usual;
  // The lowest first: who climbed over one may meet the next.
  for (const box of [...boxes].sort((a, b) => b.bottom - a.bottom)) {
    const isBeside = box.right <= news.left || box.left >= news.right;
    const isAbove = box.bottom <= viewport - from - tall;
    const isBelow = box.top >= viewport - from;
    if (box.bottom > box.top && !isBeside && !isAbove && !isBelow) from = viewport - box.top + GAP_PX;
  }
  return from;
}
