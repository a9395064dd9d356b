import { LitElement, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import "../../components/icon/icon";
import { search } from "../../components/icon/icons";
import { t, word } from "../../localize";
import { paletteStyles } from "./palette-styles";
import type { Entry } from "./search";
import { found } from "./search";

const STEPS: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1 };

/**
 * One field that finds printers, pages and actions. The arrows move in the list, Enter takes, Escape leaves.
 *
 * Properties: `isOpen`, `entries`. Events: `odin-close`.
 */
@customElement("odin-palette")
export class OdinPalette extends LitElement {
  static override styles = paletteStyles;

  @property({ type: Boolean, attribute: "open" }) isOpen = false;
  @property({ attribute: false }) entries: readonly Entry[] = [];
  @state() private question = "";
  @state() private chosen = 0;
  @query("dialog") private readonly dialog!: HTMLDialogElement;
  @query("input") private readonly input!: HTMLInputElement;
  @query("[aria-selected=true]") private readonly chosenElement!: HTMLElement | null;

  protected override updated(): void {
    if (this.isOpen !== this.dialog.open) {
      if (this.isOpen) {
        this.dialog.showModal();
        this.input.focus();
      } else {
        this.dialog.close();
        this.question = "";
        this.chosen = 0;
      }
    }
    this.chosenElement?.scrollIntoView({ block: "nearest" });
  }

  protected override render() {
    const entries = this.isOpen ? found(this.question, this.entries) : [];
    return html`
      <dialog aria-label=${t("search.title")} @cancel=${this.#cancelled} @close=${this.#left} @pointerdown=${this.#pressed}>
        <div class="field">
          <odin-icon .path=${search}></odin-icon>
          <input
            type="text"
            role="combobox"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            enterkeyhint="go"
            placeholder=${t("search.placeholder")}
            aria-label=${t("search.title")}
            aria-expanded="true"
            aria-controls="list"
            aria-activedescendant=${entries.length > 0 ? `entry-${this.chosen}` : nothing}
            .value=${this.question}
            @input=${this.#typed}
            @keydown=${this.#keyed}
          />
          <button class="button plain" type="button" @click=${this.#left}>${t("search.close")}</button>
        </div>
        <div id="list" class="list" role="listbox" aria-label=${t("search.results")}>
          ${repeat(
            entries,
            (entry) => entry.id,
            (entry, index) => this.#entry(entry, index),
          )}
        </div>
        <p class="none" role="status">${this.isOpen && entries.length === 0 ? t("search.none") : ""}</p>
      </dialog>
    `;
  }

  #entry(entry: Entry, index: number) {
    return html`
      <div
        id=${`entry-${index}`}
        class="entry"
        role="option"
        tabindex="-1"
        aria-selected=${index === this.chosen ? "true" : "false"}
        @pointermove=${() => {
          this.chosen = index;
        }}
        @click=${() => {
          this.#take(entry);
        }}
        @keydown=${this.#keyed}
      >
        <odin-icon .path=${entry.icon}></odin-icon>
        <span class="label clip">${entry.label}</span>
        <span class="detail clip">${entry.detail}</span>
        <span class="group">${word("search.group", entry.group)}</span>
      </div>
    `;
  }

  #take(entry: Entry): void {
    this.#left();
    entry.run();
  }

  readonly #typed = (): void => {
    this.question = this.input.value;
    this.chosen = 0;
  };

  readonly #keyed = (event: KeyboardEvent): void => {
    const entries = found(this.question, this.entries);
    const step = STEPS[event.key];
    if (step !== undefined && entries.length > 0) {
      event.preventDefault();
      this.chosen = (this.chosen + step + entries.length) % entries.length;
    } else if (event.key === "Enter") {
      event.preventDefault();
      const entry = entries[this.chosen];
      if (entry) this.#take(entry);
    }
  };

  readonly #cancelled = (event: Event): void => {
    event.preventDefault();
    this.#left();
  };

  readonly #pressed = (event: PointerEvent): void => {
    if (event.target === this.dialog) this.#left();
  };

  readonly #left = (): void => {
    if (this.isOpen) this.dispatchEvent(new CustomEvent("odin-close"));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-palette": OdinPalette;
  }
}
