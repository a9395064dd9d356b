import { LitElement, css, html } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { t } from "../../localize";
import { base, buttons, fields } from "../../theme/controls";
import "../icon/icon";
import { check, copy } from "../icon/icons";

/** How long the tick stays. */
const SHOWN_MS = 2_500;

/**
 * Something that is shown this once, to be copied.
 *
 * Properties: `value`, `label`.
 */
@customElement("odin-secret")
export class OdinSecret extends LitElement {
  static override styles = [
    base,
    buttons,
    fields,
    css`
      :host {
        display: block;
      }

      .row {
        display: flex;
        gap: 8px;
      }

      .row .button {
        flex: none;
        min-height: var(--o-touch);
      }

      label {
        display: block;
        margin-bottom: 6px;
        font-size: var(--o-t-b);
        font-weight: var(--o-w-b);
      }
    `,
  ];

  @property() value = "";
  @property() label = "";
  @state() private isCopied = false;
  @query("input") private readonly input!: HTMLInputElement;
  #timer: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  protected override render() {
    return html`
      <label for="secret">${this.label}</label>
      <div class="row">
        <input id="secret" class="code" readonly .value=${this.value} autocomplete="off" spellcheck="false" @focus=${this.#marked} />
        <button class="button" type="button" @click=${this.#copied}>
          <odin-icon .path=${this.isCopied ? check : copy}></odin-icon>
          ${this.isCopied ? t("secret.copied") : t("secret.copy")}
        </button>
      </div>
      <span class="vh" role="status">${this.isCopied ? t("secret.copied") : ""}</span>
    `;
  }

  readonly #marked = (): void => {
    this.input.select();
  };

  /** Pages without TLS have no clipboard; the text is then marked, for the keys that copy. */
  readonly #copied = async (): Promise<void> => {
    this.input.focus();
    this.input.select();
    if (!isSecureContext) return;
    try {
      await navigator.clipboard.writeText(this.value);
    } catch {
      return;
    }
    this.isCopied = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.isCopied = false;
    }, SHOWN_MS);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-secret": OdinSecret;
  }
}
