/** Short news at the edge of the page: what was done, and how to take it back. */

export interface Toast {
  readonly id: number;
  readonly kind: "done" | "failed" | "info";
  readonly text: string;
  readonly action: ToastAction | undefined;
}

export interface ToastAction {
  readonly label: string;
  readonly run: () => void;
}

const LASTS_MS = 5_000;
/** Long enough to notice a slip of the finger. */
const UNDO_LASTS_MS = 10_000;
const MOST = 3;

/** Tells `changed` listeners with the toasts that show; a failure stays until somebody puts it away. */
export class Toasts extends EventTarget {
  #shown: readonly Toast[] = [];
  #next = 1;

  get shown(): readonly Toast[] {
    return this.#shown;
  }

  show(kind: Toast["kind"], text: string, action?: ToastAction): void {
    const toast = { id: this.#next++, kind, text, action };
    this.#set([...this.#shown, toast].slice(-MOST));
    if (kind === "failed") return;
    setTimeout(
      () => {
        this.dismiss(toast.id);
      },
      action ? UNDO_LASTS_MS : LASTS_MS,
    );
  }

  dismiss(id: number): void {
    const kept = this.#shown.filter((toast) => toast.id !== id);
    if (kept.length !== this.#shown.length) this.#set(kept);
  }

  #set(shown: readonly Toast[]): void {
    this.#shown = shown;
    this.dispatchEvent(new Event("changed"));
  }
}
