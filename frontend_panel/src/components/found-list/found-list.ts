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
 * Properties: `found`, `families` (for their labels), `isSearching`, `picked` (the one that was), `linkTo` (the address of a
 * printer that is added already). Events: `odin-pick` (detail: `Found`), `odin-open` (`detail`: the click on such a link
 * and the printer's `id`).
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
        grid-template-columns: minmax(0, 1fr);
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

      .picked {
        border-color: var(--o-accent);
        background: var(--o-accent-soft);
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
  @property({ attribute: false }) picked: Found | undefined;
  @property({ attribute: false }) linkTo: (id: string) => string = () => "";

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
    const isPicked = machine === this.picked;
    return html`
      <li class=${isPicked ? "picked" : ""}>
        <odin-icon .path=${printer}></odin-icon>
        <div class="what">
          <b class="clip">${title}</b>
          <p class="sub clip">
            ${[machine.model, this.#address(machine), family].filter((part) => part && part !== title).join(" · ")}
          </p>
        </div>
        ${machine.is_known ? this.#known(machine, title) : this.#button(machine, title, isPicked)}
      </li>
    `;
  }

  /** One host may have several of a family: its port tells which is meant. */
  #address({ host, family, ports }: Found): string {
    const isShared = this.found.filter((each) => each.host === host && each.family === family).length > 1;
    const [port] = Object.values(ports);
    return isShared && port !== undefined ? `${host}:${port}` : host;
  }

  #known({ printer_id: id }: Found, title: string) {
    const words = html`<odin-icon .path=${check}></odin-icon>${t("found.known")}`;
    if (id === null) return html`<span class="known">${words}</span>`;
    return html`
      <a
        class="known button plain"
        href=${this.linkTo(id)}
        @click=${(click: MouseEvent) => {
          this.dispatchEvent(new CustomEvent("odin-open", { detail: { click, id } }));
        }}
        >${words}<span class="vh">: ${title}</span></a
      >
    `;
  }

  #button(machine: Found, title: string, isPicked: boolean) {
    return html`
      <button
        class="button"
        type="button"
        aria-label=${isPicked ? t("found.picked_named", { name: title }) : t("found.pick_named", { name: title })}
        aria-pressed=${isPicked ? "true" : "false"}
        @click=${() => {
          this.dispatchEvent(new CustomEvent("odin-pick", { detail: machine }));
        }}
      >
        ${isPicked ? t("found.picked") : t("found.pick")}
      </button>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-found-list": OdinFoundList;
  }
}
