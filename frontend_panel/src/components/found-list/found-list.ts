import { LitElement, css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Family, Found } from "../../api/types";
import { t } from "../../localize";
import { base, buttons } from "../../theme/controls";
import "../icon/icon";
import { check, printer } from "../icon/icons";

export type PickEvent = CustomEvent<Found>;

/**
 * The machines that answered on the network, to pick one from.
 *
 * Properties: `found`, `families` (for their labels), `isSearching`. Events: `odin-pick` (detail: `Found`).
 */
@customElement("odin-found-list")
export class OdinFoundList extends LitElement {
  static override styles = [
    base,
    buttons,
    css`
      :host {
        display: block;
      }

      ul {
        display: grid;
        gap: var(--o-2);
      }

      li {
        display: flex;
        gap: 12px;
        align-items: center;
        min-height: 60px;
        padding: 8px 10px 8px 14px;
        border: 1px solid var(--o-line);
        border-radius: var(--o-r-in);
      }

      li > odin-icon {
        color: var(--o-text-2);
      }

      .what {
        flex: 1;
        min-width: 0;
      }

      .what p {
        font-size: var(--o-t-b);
      }

      .known {
        --icon-size: 16px;
        display: inline-flex;
        gap: 5px;
        align-items: center;
        padding-right: 6px;
        color: var(--o-finished-text);
        font-size: var(--o-t-b);
        white-space: nowrap;
      }

      .skeleton {
        border-style: dashed;
      }

      .skeleton i {
        width: 55%;
        height: 14px;
        border-radius: var(--o-r-pill);
        background: var(--o-track);
      }
    `,
  ];

  @property({ attribute: false }) found: readonly Found[] = [];
  @property({ attribute: false }) families: readonly Family[] = [];
  @property({ type: Boolean, attribute: "searching" }) isSearching = false;

  protected override render() {
    return html`
      <ul aria-busy=${this.isSearching ? "true" : "false"}>
        ${this.found.map((machine) => this.#row(machine))}
        ${this.isSearching ? html`<li class="skeleton" aria-hidden="true"><i></i></li>` : nothing}
      </ul>
    `;
  }

  #row(machine: Found) {
    const family = this.families.find((each) => each.name === machine.family)?.label ?? machine.family;
    const title = machine.name ?? machine.model ?? family;
    return html`
      <li>
        <odin-icon .path=${printer}></odin-icon>
        <div class="what">
          <b class="clip">${title}</b>
          <p class="sub clip">
            ${[machine.model, machine.host, family].filter((part) => part && part !== title).join(" · ")}
          </p>
        </div>
        ${
          machine.is_known
            ? html`<span class="known"><odin-icon .path=${check}></odin-icon>${t("found.known")}</span>`
            : html`
                <button
                  class="button"
                  type="button"
                  aria-label=${t("found.pick_named", { name: title })}
                  @click=${() => {
                    this.dispatchEvent(new CustomEvent("odin-pick", { detail: machine }));
                  }}
                >
                  ${t("found.pick")}
                </button>
              `
        }
      </li>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-found-list": OdinFoundList;
  }
}
