import { LitElement, html } from "lit";
import { customElement, property } from "lit/decorators.js";

import { t } from "../../localize";
import { base, buttons } from "../../theme/controls";
import "../dialog/dialog";

export interface Question {
  readonly heading: string;
  /** What will happen. */
  readonly text: string;
  /** What the button does, such as "Cancel the print". */
  readonly label: string;
  readonly isDangerous?: boolean;
}

/**
 * Asks before something is done that cannot be taken back. Use `confirm()`, or place it with slotted details.
 *
 * Properties: `question`. Slots: default (more than a sentence). Events: `odin-answer` (`detail.value`: whether to do it).
 */
@customElement("odin-confirm")
export class OdinConfirm extends LitElement {
  static override styles = [base, buttons];

  @property({ attribute: false }) question: Question = { heading: "", text: "", label: "" };

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#answer(false);
  }

  protected override render() {
    const { heading, text, label, isDangerous = false } = this.question;
    return html`
      <odin-dialog .heading=${heading} .isOpen=${true} @odin-close=${this.#refused}>
        <p>${text}</p>
        <slot></slot>
        <button slot="actions" class="button" type="button" @click=${this.#refused}>${t("confirm.no")}</button>
        <button
          slot="actions"
          class="button ${isDangerous ? "danger" : "primary"}"
          type="button"
          @click=${this.#accepted}
        >
          ${label}
        </button>
      </odin-dialog>
    `;
  }

  readonly #accepted = (): void => {
    this.#answer(true);
  };

  readonly #refused = (): void => {
    this.#answer(false);
  };

  #answer(value: boolean): void {
    this.dispatchEvent(new CustomEvent("odin-answer", { detail: { value } }));
  }
}

/**
 * Asks in a dialog over `host` and returns the answer. The focus goes back to where it was; a host that leaves the page
 * means no.
 */
export function confirm(host: LitElement, question: Question): Promise<boolean> {
  const asked = host.ownerDocument.createElement("odin-confirm");
  asked.question = question;
  return new Promise((resolve) => {
    asked.addEventListener(
      "odin-answer",
      (event) => {
        resolve((event as CustomEvent<{ value: boolean }>).detail.value);
        asked.remove();
      },
      { once: true },
    );
    host.renderRoot.append(asked);
  });
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-confirm": OdinConfirm;
  }
}
