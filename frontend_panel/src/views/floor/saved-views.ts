import { LitElement, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import "../../components/icon/icon";
import { bin, bookmark, check, edit } from "../../components/icon/icons";
import "../../components/kit/popover";
import type { OdinPopover } from "../../components/kit/popover";
import { t } from "../../localize";
import type { FloorView } from "../../store/preferences";
import type { SavedView } from "../../store/saved-views";
import { VIEW_NAME_MOST, nameOf, renamed, withView, withoutView } from "../../store/saved-views";
import { base, buttons, fields } from "../../theme/controls";
import { differs } from "./differs";
import { pickButton } from "./pick-button";
import { savedStyles } from "./saved-views-styles";

/**
 * The views of the floor that have names: one is chosen, what is shown now is saved, one is called otherwise or deleted.
 *
 * Properties: `view` (what is shown now), `views`. Events: `odin-view` (`detail.value`: the `FloorView` that was chosen),
 * `odin-views` (`detail.value`: the views from now on), `odin-deleted` (`detail.value`: the views before one was deleted).
 */
@customElement("odin-saved-views")
export class OdinSavedViews extends LitElement {
  static override styles = [base, buttons, fields, pickButton, savedStyles];

  @property({ attribute: false }) view!: FloorView;
  @property({ attribute: false, hasChanged: differs }) views: readonly SavedView[] = [];
  /** The name of the one that is being called otherwise. */
  @state() private renaming: string | undefined;
  @query("odin-popover") private readonly sheet!: OdinPopover;
  @query("#name") private readonly nameInput!: HTMLInputElement;
  @query("#rename") private readonly renameInput!: HTMLInputElement | null;

  protected override render() {
    const now = nameOf(this.views, this.view);
    return html`
      <odin-popover
        .label=${t("views.title")}
        align="start"
        @odin-close=${this.#folded}
      >
        <button slot="anchor" class="button pick ${now === undefined ? "" : "on"}" type="button" title=${t("views.title")}>
          <odin-icon .path=${bookmark}></odin-icon>
          <span class="vh">${t("views.title")}${now === undefined ? "" : `: ${now}`}</span>
          ${now === undefined ? nothing : html`<span class="words clip" aria-hidden="true">${now}</span>`}
        </button>
        <div class="sheet">
          <h2>${t("views.title")}</h2>
          ${
            this.views.length > 0
              ? html`<ul>${this.views.map((each) => html`<li>${each.name === this.renaming ? this.#rename(each) : this.#row(each, now)}</li>`)}</ul>`
              : html`<p class="sub">${t("views.none")}</p>`
          }
          ${this.#save(now)}
        </div>
      </odin-popover>
    `;
  }

  #row({ name, view }: SavedView, now: string | undefined) {
    const isNow = name === now;
    return html`
      <button
        class="button plain view"
        type="button"
        aria-pressed=${isNow ? "true" : "false"}
        @click=${() => {
          this.sheet.fold();
          this.#tell("odin-view", view);
        }}
      >
        <odin-icon .path=${isNow ? check : bookmark}></odin-icon><span>${name}</span>
      </button>
      ${this.#icon(edit, t("views.rename", { name }), () => this.#startRenaming(name))}
      ${this.#icon(bin, t("views.delete", { name }), () => {
        const before = this.views;
        this.#tell("odin-views", withoutView(before, name));
        this.#tell("odin-deleted", { name, before });
        this.nameInput.focus();
      })}
    `;
  }

  #icon(path: string, label: string, run: () => unknown) {
    return html`
      <button class="button plain icon-only" type="button" title=${label} aria-label=${label} @click=${run}>
        <odin-icon .path=${path}></odin-icon>
      </button>
    `;
  }

  #rename({ name }: SavedView) {
    return html`
      <form class="line" @submit=${this.#renamed}>
        <input
          id="rename"
          maxlength=${VIEW_NAME_MOST}
          autocomplete="off"
          required
          aria-label=${t("views.new_name", { name })}
          .value=${name}
          @keydown=${this.#keyed}
        />
        <button class="button" type="submit">${t("views.save")}</button>
      </form>
    `;
  }

  /** Saving what is saved already would only add a second name. */
  #save(now: string | undefined) {
    return html`
      <form class="field" @submit=${this.#saved}>
        <label for="name">${t("views.save_as")}</label>
        <div class="line">
          <input id="name" maxlength=${VIEW_NAME_MOST} autocomplete="off" required list="names" />
          <datalist id="names">${this.views.map(({ name }) => html`<option value=${name}></option>`)}</datalist>
          <button class="button primary" type="submit">${t("views.save")}</button>
        </div>
        ${now === undefined ? nothing : html`<p class="hint">${t("views.saved_as", { name: now })}</p>`}
      </form>
    `;
  }

  readonly #folded = (): void => {
    this.renaming = undefined;
  };

  readonly #saved = (event: Event): void => {
    event.preventDefault();
    if (this.nameInput.value.trim() === "") return;
    this.#tell("odin-views", withView(this.views, this.nameInput.value, this.view));
    this.nameInput.value = "";
    this.sheet.fold();
  };

  async #startRenaming(name: string): Promise<void> {
    this.renaming = name;
    await this.updateComplete;
    this.renameInput?.select();
  }

  readonly #renamed = (event: Event): void => {
    event.preventDefault();
    const to = this.renameInput?.value ?? "";
    if (to.trim() === "" || this.renaming === undefined) return;
    this.#tell("odin-views", renamed(this.views, this.renaming, to));
    this.#endRenaming();
  };

  /** Escape takes the typing back; the next one folds the sheet. */
  readonly #keyed = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    event.preventDefault();
    this.#endRenaming();
  };

  #endRenaming(): void {
    this.renaming = undefined;
    this.nameInput.focus();
  }

  #tell(name: string, value: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail: { value } }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-saved-views": OdinSavedViews;
  }
}
