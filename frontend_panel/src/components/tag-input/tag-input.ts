import { LitElement, css, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { t } from "../../localize";
import { base, buttons, fields } from "../../theme/controls";
import "../icon/icon";
import { close } from "../icon/icons";

/**
 * Tags, each to be taken off, and a field for more: Enter or a comma adds one, Backspace in the empty field takes the last.
 *
 * Properties: `tags`, `known` (offered while typing), `label`, `hint`, `error`. Events: `odin-change` (`detail.value`, the
 * tags).
 */
@customElement("odin-tag-input")
export class OdinTagInput extends LitElement {
  static override styles = [
    base,
    buttons,
    fields,
    css`
      :host {
        display: block;
        min-width: 0;
      }

      .box {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
        align-items: center;
        min-height: var(--o-touch);
        padding: 5px 6px;
        border: 1px solid var(--o-control);
        border-radius: var(--o-r-control);
        background: var(--o-sunken);
      }

      .box:focus-within {
        border-color: var(--o-accent);
        box-shadow: 0 0 0 1px var(--o-accent);
      }

      .tag {
        display: inline-flex;
        align-items: center;
        max-width: 100%;
        min-height: 32px;
        padding-left: 10px;
        border-radius: var(--o-r-chip);
        background: var(--o-button);
        font-size: var(--o-t-b);
      }

      .tag .button {
        width: 32px;
        min-height: 32px;
        --icon-size: 16px;
      }

      .box input:not([type="checkbox"]) {
        flex: 1 1 8em;
        width: auto;
        height: 32px;
        padding: 0 6px;
        border: 0;
        background: none;
      }

      .box input:not([type="checkbox"]):focus-visible {
        box-shadow: none;
      }
    `,
  ];

  @property({ attribute: false }) tags: readonly string[] = [];
  @property({ attribute: false }) known: readonly string[] = [];
  @property() label = "";
  @property() hint = "";
  @property() error = "";
  @state() private typed = "";
  @query("input") private readonly input!: HTMLInputElement;

  protected override render() {
    const offered = this.known.filter((tag) => !this.tags.includes(tag));
    return html`
      <div class="field">
        <label for="more">${this.label}</label>
        <div class="box">
          ${this.tags.map((tag) => this.#tag(tag))}
          <input
            id="more"
            list="known"
            autocomplete="off"
            spellcheck="false"
            enterkeyhint="done"
            aria-describedby="note"
            placeholder=${t("tags.add")}
            .value=${this.typed}
            @input=${this.#input}
            @keydown=${this.#keyed}
            @blur=${this.#added}
          />
          <datalist id="known">${offered.map((tag) => html`<option value=${tag}></option>`)}</datalist>
        </div>
        <div id="note" class="note" aria-live="polite">
          ${
            this.error
              ? html`<p class="wrong">${this.error}</p>`
              : this.hint
                ? html`<p class="hint">${this.hint}</p>`
                : nothing
          }
        </div>
      </div>
    `;
  }

  #tag(tag: string) {
    return html`
      <span class="tag">
        <span class="clip">${tag}</span>
        <button
          class="button plain icon-only"
          type="button"
          aria-label=${t("tags.remove_named", { tag })}
          @click=${() => {
            this.#tell(this.tags.filter((each) => each !== tag));
            this.input.focus();
          }}
        >
          <odin-icon .path=${close}></odin-icon>
        </button>
      </span>
    `;
  }

  readonly #input = (): void => {
    this.typed = this.input.value;
    if (this.typed.includes(",")) this.#added();
  };

  readonly #keyed = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (event.key === "Enter" && this.typed.trim() !== "") {
      // The form around it is not sent by that.
      event.preventDefault();
      this.#added();
    } else if (event.key === "Backspace" && this.typed === "" && this.tags.length > 0) {
      this.#tell(this.tags.slice(0, -1));
    }
  };

  readonly #added = (): void => {
    const more = this.typed.split(",").map((tag) => tag.trim());
    this.typed = "";
    const tags = [...new Set([...this.tags, ...more.filter((tag) => tag !== "")])];
    if (tags.length !== this.tags.length) this.#tell(tags);
  };

  #tell(value: readonly string[]): void {
    this.dispatchEvent(new CustomEvent("odin-change", { detail: { value } }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-tag-input": OdinTagInput;
  }
}
