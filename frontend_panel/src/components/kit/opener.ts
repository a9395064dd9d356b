/**
 * Gives the focus back to whoever had it when something modal opened. A browser does so when a dialog is closed, and not
 * when it is taken out of the page while it is open.
 */
export class Opener {
  readonly #host: HTMLElement;
  #element: HTMLElement | undefined;

  constructor(host: HTMLElement) {
    this.#host = host;
  }

  /** Call before the dialog opens. */
  remember(): void {
    let at = this.#host.ownerDocument.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    this.#element = at instanceof HTMLElement ? at : undefined;
  }

  /** Call when the dialog closed by itself. */
  forget(): void {
    this.#element = undefined;
  }

  /** Call when the dialog was taken out of the page. */
  focus(): void {
    this.#element?.focus();
    this.#element = undefined;
  }
}
