import { LitElement, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";

import "../../components/icon/icon";
import { choose, idle, offline, plus, printing, sort as sortIcon, tag, warning } from "../../components/icon/icons";
import "../../components/kit/segmented";
import { t } from "../../localize";
import { SIZES, SORTS, STATES } from "../../store/preferences";
import type { FloorView, StateFilter } from "../../store/preferences";
import type { SavedView } from "../../store/saved-views";
import { addressOf, followed } from "../app/place";
import { differs } from "./differs";
import "./pick";
import "./saved-views";
import type { Facets } from "./selection";
import { toolStyles } from "./tools-styles";

const ADD = { page: "add-printer" } as const;
const STATE_ICONS: Readonly<Record<StateFilter, string>> = { all: "", printing, needs: warning, free: idle, offline };
type Change = CustomEvent<{ value: string }>;
type Picked = CustomEvent<{ value: readonly string[] }>;

/**
 * Which printers are shown, in which order, how large.
 *
 * Properties: `view`, `views` (with names), `facets`, `isChoosing`, `mayManage`, `mayControl`. Events: `odin-view` (`detail.value`, a
 * `FloorView`), `odin-views` and `odin-deleted` (of `odin-saved-views`), `odin-choosing` (start or stop choosing several).
 */
@customElement("odin-floor-tools")
export class OdinFloorTools extends LitElement {
  static override styles = toolStyles;

  @property({ attribute: false }) view!: FloorView;
  @property({ attribute: false }) views: readonly SavedView[] = [];
  @property({ attribute: false, hasChanged: differs }) facets!: Facets;
  @property({ type: Boolean, attribute: "choosing" }) isChoosing = false;
  @property({ type: Boolean, attribute: "may-manage" }) mayManage = false;
  @property({ type: Boolean, attribute: "may-control" }) mayControl = false;

  protected override render() {
    return html`
      <div class="scroll">
        <div class="group" role="group" aria-label=${t("filter.title")}>
          ${STATES.map((state) => this.#state(state))} ${this.#materials()} ${this.#models()} ${this.#tags()}
        </div>
        <div class="group end">
          <odin-saved-views .view=${this.view} .views=${this.views} @odin-view=${this.#chose} @odin-views=${this.#told} @odin-deleted=${this.#told}></odin-saved-views>
          ${this.#sort()}
          <odin-segmented
            .label=${t("size.title")}
            .value=${this.view.size}
            .options=${SIZES.map((value) => ({ value, label: t(`size.${value}`), title: t(`size.${value}.what`) }))}
            @odin-change=${(event: Change) => {
              this.#tell({ size: event.detail.value as FloorView["size"] });
            }}
          ></odin-segmented>
          ${this.mayManage || this.mayControl ? this.#choosing() : nothing} ${this.mayManage ? this.#add() : nothing}
        </div>
      </div>
    `;
  }

  #state(state: StateFilter) {
    const isOn = this.view.state === state;
    const icon = STATE_ICONS[state];
    return html`
      <button
        class="button chip"
        type="button"
        data-state=${state}
        aria-pressed=${isOn ? "true" : "false"}
        @click=${() => {
          this.#tell({ state: isOn ? "all" : state });
        }}
      >
        ${icon ? html`<odin-icon .path=${icon}></odin-icon>` : nothing}${t(`filter.${state}`)}
        <small>${this.facets.states[state]}</small>
      </button>
    `;
  }

  #materials() {
    if (this.facets.materials.length === 0) return nothing;
    return html`
      <odin-pick
        .label=${t("filter.material")}
        .options=${this.facets.materials.map((facet) => ({ ...facet, label: facet.value }))}
        .chosen=${this.view.materials}
        .isMany=${true}
        @odin-change=${(event: Picked) => {
          this.#tell({ materials: event.detail.value });
        }}
      ></odin-pick>
    `;
  }

  /** Of use where there is more than one. */
  #models() {
    if (this.facets.models.length < 2) return nothing;
    return html`
      <odin-pick
        .label=${t("filter.models")}
        .options=${this.facets.models.map((facet) => ({ ...facet, label: facet.value }))}
        .chosen=${this.view.models}
        .isMany=${true}
        @odin-change=${(event: Picked) => {
          this.#tell({ models: event.detail.value });
        }}
      ></odin-pick>
    `;
  }

  #tags() {
    if (this.facets.tags.length === 0) return nothing;
    return html`
      <odin-pick
        .label=${t("filter.tags")}
        .icon=${tag}
        .options=${this.facets.tags.map((facet) => ({ ...facet, label: facet.value }))}
        .chosen=${this.view.tags}
        .isMany=${true}
        @odin-change=${(event: Picked) => {
          this.#tell({ tags: event.detail.value });
        }}
      ></odin-pick>
    `;
  }

  #sort() {
    return html`
      <odin-pick
        .label=${t("sort.title")}
        .icon=${sortIcon}
        .options=${SORTS.map((value) => ({ value, label: t(`sort.${value}`) }))}
        .chosen=${[this.view.sort]}
        .isShort=${true}
        @odin-change=${(event: Picked) => {
          this.#tell({ sort: event.detail.value[0] as FloorView["sort"] });
        }}
      ></odin-pick>
    `;
  }

  #choosing() {
    return html`
      <button
        class="button plain icon-only"
        type="button"
        aria-pressed=${this.isChoosing ? "true" : "false"}
        aria-label=${t("choose.start.what")}
        title=${t("choose.start.what")}
        @click=${() => this.dispatchEvent(new CustomEvent("odin-choosing"))}
      >
        <odin-icon .path=${choose}></odin-icon>
      </button>
    `;
  }

  #add() {
    return html`
      <a
        class="button plain icon-only"
        href=${addressOf(ADD)}
        aria-label=${t("floor.add")}
        title=${t("floor.add")}
        @click=${followed(ADD)}
      >
        <odin-icon .path=${plus}></odin-icon>
      </a>
    `;
  }

  readonly #chose = (event: CustomEvent<{ value: FloorView }>): void => {
    this.#tell(event.detail.value);
  };

  readonly #told = (event: CustomEvent): void => {
    this.dispatchEvent(new CustomEvent(event.type, { detail: event.detail as unknown }));
  };

  #tell(change: Partial<FloorView>): void {
    this.dispatchEvent(new CustomEvent("odin-view", { detail: { value: { ...this.view, ...change } } }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-floor-tools": OdinFloorTools;
  }
}
