import { LitElement, css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";

import { parseColor } from "../../components/filament-chip/color";
import "../../components/icon/icon";
import { chevron } from "../../components/icon/icons";
import "../../components/kit/popover";
import { t } from "../../localize";
import { base, buttons } from "../../theme/controls";
import { differs } from "./differs";
import { pickButton } from "./pick-button";

export interface PickOption {
  readonly value: string;
  readonly label: string;
  readonly count?: number;
  /** Of a filament, `#RRGGBBAA`. */
  readonly color?: string | null;
}

/**
 * A button with a list behind it: one of several, or as many of them as wanted.
 *
 * Properties: `label`, `icon` (path), `options`, `chosen` (values), `isMany`, `isShort` (attribute `short`: the choice is
 * named only where there is much room). Events: `odin-change` (`detail.value`: the values).
 */
@customElement("odin-pick")
export class OdinPick extends LitElement {
  static override styles = [
    base,
    buttons,
    pickButton,
    css`
      @container (max-width: 1699px) {
        :host([short]) .words {
          display: none;
        }
      }

      fieldset {
        min-width: 200px;
        margin: 0;
        padding: 0;
        border: 0;
      }

      legend {
        padding: 6px 10px;
        color: var(--o-text-2);
        font-size: var(--o-t-s);
      }

      label {
        display: flex;
        gap: 10px;
        align-items: center;
        min-height: 40px;
        padding: 0 10px;
        border-radius: var(--o-r-control);
        font-size: var(--o-t-m);
        cursor: pointer;
      }

      label:hover {
        background: var(--o-hover);
      }

      label:has(:focus-visible) {
        box-shadow: var(--o-focus);
      }

      label span {
        flex: 1;
      }

      input {
        flex: none;
        width: 18px;
        height: 18px;
        margin: 0;
        accent-color: var(--o-accent);
      }

      input:focus-visible {
        box-shadow: none;
      }

      .swatch {
        flex: none;
        width: 14px;
        height: 14px;
      }

      .swatch circle {
        stroke: var(--o-swatch-edge-strong);
      }

      .button.none {
        width: 100%;
        margin-top: 4px;
      }

      @media (pointer: coarse), (max-width: 699px) {
        label {
          min-height: var(--o-touch);
        }
      }
    `,
  ];

  @property() label = "";
  @property({ attribute: false }) icon = "";
  @property({ attribute: false, hasChanged: differs }) options: readonly PickOption[] = [];
  @property({ attribute: false, hasChanged: differs }) chosen: readonly string[] = [];
  @property({ type: Boolean, attribute: "many" }) isMany = false;
  @property({ type: Boolean, reflect: true, attribute: "short" }) isShort = false;

  protected override render() {
    const words = this.options.filter(({ value }) => this.chosen.includes(value)).map(({ label }) => label);
    const isOn = this.isMany && words.length > 0;
    return html`
      <odin-popover .label=${this.label} align="start">
        <button slot="anchor" class="button pick ${isOn ? "on" : ""}" type="button" title=${[this.label, ...words].join(": ")}>
          ${this.icon ? html`<odin-icon .path=${this.icon}></odin-icon>` : nothing}
          ${
            words.length > 0
              ? html`<span class="vh">${this.label}: ${words.join(", ")}</span>
                  <span class="words" aria-hidden="true">${words.join(", ")}</span>`
              : this.label
          }
          <odin-icon .path=${chevron}></odin-icon>
        </button>
        <fieldset>
          <legend>${this.label}</legend>
          ${this.options.map((option) => this.#option(option))}
          ${
            isOn
              ? html`
                  <button
                    class="button plain none"
                    type="button"
                    @click=${() => {
                      this.#tell([]);
                    }}
                  >
                    ${t("filter.any")}
                  </button>
                `
              : nothing
          }
        </fieldset>
      </odin-popover>
    `;
  }

  #option({ value, label, count, color }: PickOption) {
    const swatch = parseColor(color);
    return html`
      <label>
        <input
          type=${this.isMany ? "checkbox" : "radio"}
          name="pick"
          .value=${value}
          .checked=${this.chosen.includes(value)}
          @change=${(event: Event) => {
            this.#changed(value, (event.currentTarget as HTMLInputElement).checked);
          }}
        />
        ${
          swatch
            ? html`
                <svg class="swatch" viewBox="0 0 14 14" aria-hidden="true">
                  <circle cx="7" cy="7" r="6.5" fill=${swatch.css}></circle>
                </svg>
              `
            : nothing
        }
        <span>${label}</span>${count === undefined ? nothing : html`<small class="sub">${count}</small>`}
      </label>
    `;
  }

  #changed(value: string, isOn: boolean): void {
    if (!this.isMany) this.#tell([value]);
    else this.#tell(isOn ? [...this.chosen, value] : this.chosen.filter((each) => each !== value));
  }

  #tell(value: readonly string[]): void {
    this.dispatchEvent(new CustomEvent("odin-change", { detail: { value } }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-pick": OdinPick;
  }
}
