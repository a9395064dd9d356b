import { LitElement, css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";

import { base } from "../../theme/controls";
import "../icon/icon";

export interface SegmentedOption {
  readonly value: string;
  readonly label: string;
  /** Path of an icon before the label. */
  readonly icon?: string;
  /** More about it, as a tooltip; the reason where it is disabled. */
  readonly title?: string;
  readonly disabled?: boolean;
}

/**
 * One of a few, all of them in view.
 *
 * Properties: `options`, `value`, `label`, `disabled`. Events: `odin-change` (`detail.value`).
 */
@customElement("odin-segmented")
export class OdinSegmented extends LitElement {
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [
    base,
    css`
      :host {
        display: inline-block;
        max-width: 100%;
      }

      fieldset {
        display: grid;
        grid-auto-columns: minmax(min-content, 1fr);
        grid-auto-flow: column;
        gap: 2px;
        min-width: 0;
        margin: 0;
        padding: 3px;
        overflow-x: auto;
        border: 0;
        border-radius: var(--o-r-control);
        background: var(--o-button);
      }

      legend {
        float: left;
      }

      label {
        position: relative;
        display: flex;
        gap: 6px;
        align-items: center;
        justify-content: center;
        min-height: 32px;
        padding: 0 12px;
        border-radius: 7px;
        font-size: var(--o-t-b);
        white-space: nowrap;
        cursor: pointer;
        --icon-size: 17px;
      }

      input {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        margin: 0;
        opacity: 0;
        cursor: inherit;
      }

      label:hover:not(.off) {
        background: var(--o-hover);
      }

      label:has(:checked) {
        background: var(--o-card);
        font-weight: var(--o-w-b);
        box-shadow: 0 0 0 1px var(--o-line-strong);
      }

      label:has(:focus-visible) {
        box-shadow: var(--o-focus);
      }

      label.off {
        opacity: 0.55;
        cursor: default;
      }

      @media (pointer: coarse), (max-width: 699px) {
        label {
          min-height: 38px;
        }

        input {
          inset: -3px 0;
          height: var(--o-touch);
        }
      }

      @media (forced-colors: active) {
        label:has(:checked) {
          outline: 2px solid Highlight;
          outline-offset: -2px;
        }
      }
    `,
  ];

  @property({ attribute: false }) options: readonly SegmentedOption[] = [];
  @property() value = "";
  @property() label = "";
  @property({ type: Boolean }) disabled = false;

  protected override render() {
    return html`
      <fieldset ?disabled=${this.disabled}>
        <legend class="vh">${this.label}</legend>
        ${this.options.map((option) => this.#option(option))}
      </fieldset>
    `;
  }

  #option(option: SegmentedOption) {
    const isOff = this.disabled || option.disabled === true;
    return html`
      <label class=${isOff ? "off" : ""} title=${option.title ?? ""}>
        <input
          type="radio"
          name="segment"
          .value=${option.value}
          .checked=${option.value === this.value}
          ?disabled=${isOff}
          aria-description=${option.title ?? nothing}
          @change=${() => {
            this.#chosen(option.value);
          }}
        />
        ${option.icon === undefined ? nothing : html`<odin-icon .path=${option.icon}></odin-icon>`}${option.label}
      </label>
    `;
  }

  /** The owner decides: until it sets `value`, what was chosen before stays drawn. */
  #chosen(value: string): void {
    this.dispatchEvent(new CustomEvent("odin-change", { detail: { value } }));
    this.requestUpdate();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-segmented": OdinSegmented;
  }
}
