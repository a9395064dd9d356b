import { consume } from "@lit/context";
import { LitElement, css, html } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { askForKey, cancelKeyRequest, readKeyRequest } from "../../api/printers";
import { ApiError } from "../../api/transport";
import type { KeyRequest } from "../../api/types";
import { t } from "../../localize";
import type { Services } from "../../services";
import { servicesContext } from "../../services";
import { base, buttons } from "../../theme/controls";
import type { Draft } from "./draft";

const LOOK_EVERY_MS = 1500;

/**
 * Asks a machine for a key, which a person approves on its own page; the key stays in the engine.
 *
 * Properties: `draft`. Events: `odin-granted` (detail: the request's id).
 */
@customElement("odin-key-request")
export class OdinKeyRequest extends LitElement {
  static override styles = [
    base,
    buttons,
    css`
      :host {
        display: grid;
        gap: var(--o-2);
        justify-items: start;
      }
    `,
  ];

  @property({ attribute: false }) draft!: Draft;
  @consume({ context: servicesContext }) private readonly services!: Services;
  @state() private asked: KeyRequest | undefined;
  @state() private refusal = "";
  #timer: number | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#forget();
  }

  protected override render() {
    const isWaiting = this.asked?.state === "waiting";
    return html`
      <button class="button" type="button" aria-disabled=${this.draft.host.trim() === "" ? "true" : "false"} @click=${isWaiting ? this.#cancel : this.#ask}>
        ${isWaiting ? t("add.key.cancel") : t("add.key.ask")}
      </button>
      <p class="sub" role="status">${this.#said()}</p>
    `;
  }

  #said(): string {
    if (this.refusal) return this.refusal;
    if (this.asked) return this.asked.detail;
    return t(this.draft.host.trim() === "" ? "add.key.first" : "add.key.hint");
  }

  readonly #ask = async (): Promise<void> => {
    if (this.draft.host.trim() === "") return;
    this.#forget();
    await this.#take(() => askForKey(this.services.transport, this.draft));
  };

  readonly #cancel = (): void => {
    this.#forget();
  };

  readonly #look = async (): Promise<void> => {
    const { asked } = this;
    if (asked) await this.#take(() => readKeyRequest(this.services.transport, asked.id));
  };

  async #take(ask: () => Promise<KeyRequest>): Promise<void> {
    this.refusal = "";
    try {
      this.asked = await ask();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.asked = undefined;
      this.refusal = error.message;
      return;
    }
    if (this.asked.state === "granted") this.dispatchEvent(new CustomEvent("odin-granted", { detail: this.asked.id }));
    else if (this.asked.state === "waiting" && this.isConnected) this.#timer = window.setTimeout(() => void this.#look(), LOOK_EVERY_MS);
  }

  #forget(): void {
    clearTimeout(this.#timer);
    // A granted one is what the printer will be added with.
    if (this.asked?.state === "waiting") void cancelKeyRequest(this.services.transport, this.asked.id);
    this.asked = undefined;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-key-request": OdinKeyRequest;
  }
}
