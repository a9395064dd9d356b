/** Files that a person holds over an element, and lets go there. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

export interface Catch {
  /** Whether files would be taken now. */
  readonly mayDrop: () => boolean;
  readonly caught: (files: readonly File[]) => void;
}

/** Tells whether files are held over an element, and hands them on; give its handlers to that element. */
export class Drop implements ReactiveController {
  isOver = false;
  readonly #host: ReactiveControllerHost;
  readonly #catch: Catch;

  constructor(host: ReactiveControllerHost, what: Catch) {
    this.#host = host;
    this.#catch = what;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.isOver = false;
  }

  readonly over = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = this.#catch.mayDrop() ? "copy" : "none";
    this.#set(true);
  };

  readonly left = (event: DragEvent): void => {
    const section = event.currentTarget as HTMLElement;
    if (!(event.relatedTarget instanceof Node && section.contains(event.relatedTarget))) this.#set(false);
  };

  readonly dropped = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.#set(false);
    if (this.#catch.mayDrop()) this.#catch.caught([...event.dataTransfer.files]);
  };

  #set(isOver: boolean): void {
    if (isOver === this.isOver) return;
    this.isOver = isOver;
    this.#host.requestUpdate();
  }
}
