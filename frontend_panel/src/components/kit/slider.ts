import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";

import { t } from "../../localize";
import { base } from "../../theme/controls";

/**
 * A number on a track. It commits when it is let go.
 *
 * Properties: `value` (`null` is unknown), `min`, `max`, `step`, `unit` (with its space, such as `" %"`), `label`,
 * `disabled`, `reason`. Events: `odin-change` (`detail.value`).
 */
@customElement("odin-slider")
export class OdinSlider extends LitElement {
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [
    base,
    css`
      :host {
        display: flex;
        gap: 10px;
        align-items: center;
        min-width: 120px;
      }

      output {
        flex: none;
        min-width: 3.6em;
        font-weight: var(--o-w-b);
        text-align: right;
      }

      input {
        flex: 1;
        width: 100%;
        min-width: 0;
        height: var(--o-touch);
        margin: 0;
        appearance: none;
        background: none;
        cursor: pointer;
      }

      input::-webkit-slider-runnable-track {
        height: 6px;
        border-radius: 3px;
        background: linear-gradient(
          to right,
          var(--o-accent) var(--fill, 0%),
          var(--o-track) var(--fill, 0%)
        );
      }

      input::-moz-range-track {
        height: 6px;
        border-radius: 3px;
        background: var(--o-track);
      }

      input::-moz-range-progress {
        height: 6px;
        border-radius: 3px;
        background: var(--o-accent);
      }

      input::-webkit-slider-thumb {
        width: 20px;
        height: 20px;
        margin-top: -7px;
        appearance: none;
        border: 1px solid var(--o-control);
        border-radius: 50%;
        background: var(--o-raised);
      }

      input::-moz-range-thumb {
        width: 18px;
        height: 18px;
        border: 1px solid var(--o-control);
        border-radius: 50%;
        background: var(--o-raised);
      }

      input:focus-visible {
        box-shadow: none;
      }

      input:focus-visible::-webkit-slider-thumb {
        box-shadow: var(--o-focus);
      }

      input:focus-visible::-moz-range-thumb {
        box-shadow: var(--o-focus);
      }

      input[disabled] {
        opacity: 0.55;
        cursor: default;
      }

      @media (forced-colors: active) {
        input {
          appearance: auto;
        }
      }
    `,
  ];

  @property({ type: Number }) value: number | null = null;
  @property({ type: Number }) min = 0;
  @property({ type: Number }) max = 100;
  @property({ type: Number }) step = 1;
  @property() unit = "";
  @property() label = "";
  @property({ type: Boolean }) disabled = false;
  @property() reason = "";
  /** Where the thumb is while it is held. */
  @state() private held: number | undefined;

  protected override render() {
    const value = this.held ?? this.value;
    const text = value === null ? t("kit.unknown") : `${value}${this.unit}`;
    return html`
      <output aria-hidden="true">${text}</output>
      <input
        type="range"
        aria-label=${this.label}
        aria-valuetext=${text}
        aria-description=${this.disabled ? this.reason : nothing}
        title=${this.disabled ? this.reason : ""}
        min=${this.min}
        max=${this.max}
        step=${this.step}
        ?disabled=${this.disabled}
        .value=${live(String(value ?? this.min))}
        @input=${this.#moved}
        @change=${this.#released}
      />
    `;
  }

  protected override updated(): void {
    const share = ((this.held ?? this.value ?? this.min) - this.min) / (this.max - this.min);
    this.style.setProperty("--fill", `${Math.round(share * 100)}%`);
  }

  readonly #moved = (event: Event): void => {
    this.held = Number((event.currentTarget as HTMLInputElement).value);
  };

  readonly #released = (): void => {
    const value = this.held;
    this.held = undefined;
    if (value === undefined || value === this.value) return;
    this.dispatchEvent(new CustomEvent("odin-change", { detail: { value } }));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-slider": OdinSlider;
  }
}
