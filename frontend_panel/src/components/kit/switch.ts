import { LitElement, css, html } from "lit";
import { customElement, property } from "lit/decorators.js";

import { t } from "../../localize";
import { base } from "../../theme/controls";

/**
 * Something that is on or off. It shows what is, not what was asked for: the owner sets `checked` when it is so, and
 * `pending` until then.
 *
 * Properties: `checked`, `disabled`, `label`, `pending`, `reason` (why it is disabled). Events: `odin-change`
 * (`detail.value`, the state that is wanted).
 */
@customElement("odin-switch")
export class OdinSwitch extends LitElement {
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [
    base,
    css`
      :host {
        position: relative;
        display: inline-block;
      }

      button {
        display: grid;
        place-items: center;
        width: 48px;
        height: var(--o-touch);
        padding: 0;
        border: 0;
        background: none;
        cursor: pointer;
      }

      i {
        position: relative;
        display: block;
        width: 40px;
        height: 24px;
        border: 1px solid var(--o-control);
        border-radius: var(--o-r-pill);
        background: var(--o-track);
        transition: background var(--o-fast);
      }

      i::after {
        content: "";
        position: absolute;
        top: 3px;
        left: 3px;
        width: 16px;
        height: 16px;
        border-radius: 50%;
        background: var(--o-text-2);
        transition: translate var(--o-fast);
      }

      [aria-checked="true"] i {
        border-color: transparent;
        background: var(--o-accent-fill);
      }

      [aria-checked="true"] i::after {
        background: var(--o-on-accent);
        translate: 16px 0;
      }

      [aria-busy="true"] i::after {
        translate: 8px 0;
      }

      [aria-busy="true"] {
        cursor: progress;
      }

      [aria-disabled="true"] {
        opacity: 0.55;
        cursor: default;
      }

      @media (forced-colors: active) {
        [aria-checked="true"] i {
          border-color: Highlight;
          background: Highlight;
        }

        i::after {
          background: ButtonText;
        }
      }
    `,
  ];

  @property({ type: Boolean }) checked = false;
  @property({ type: Boolean }) disabled = false;
  @property({ type: Boolean }) pending = false;
  @property() label = "";
  @property() reason = "";

  protected override render() {
    return html`
      <button
        type="button"
        role="switch"
        aria-checked=${this.checked ? "true" : "false"}
        aria-disabled=${this.disabled ? "true" : "false"}
        aria-busy=${this.pending ? "true" : "false"}
        aria-label=${this.label}
        aria-describedby="note"
        title=${this.disabled ? this.reason : ""}
        @click=${this.#clicked}
      >
        <i></i>
      </button>
      <span id="note" class="vh">${this.disabled ? this.reason : this.pending ? t("press.sending") : ""}</span>
    `;
  }

  readonly #clicked = (): void => {
    if (this.disabled || this.pending) return;
    this.dispatchEvent(new CustomEvent("odin-change", { detail: { value: !this.checked } }));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-switch": OdinSwitch;
  }
}
