import { LitElement, css, html } from "lit";
import { customElement, property, query } from "lit/decorators.js";

import type { Engine } from "../api/engines";
import "../components/icon/icon";
import { check, chevron, engine as engineIcon, offline } from "../components/icon/icons";
import "../components/kit/popover";
import type { OdinPopover } from "../components/kit/popover";
import { t } from "../localize";
import { base, buttons } from "../theme/controls";
import { distinctNames } from "./engines";

/**
 * Which of several engines is looked at, and the others.
 *
 * Properties: `engines`, `chosen` (an entry's id). Events: `odin-change` (`detail.value`, the engine).
 */
@customElement("odin-engine-picker")
export class OdinEnginePicker extends LitElement {
  static override styles = [
    base,
    buttons,
    css`
      :host {
        display: block;
        min-width: 0;
      }

      odin-popover {
        display: block;
      }

      .anchor {
        max-width: min(100%, 320px);
        color: var(--o-text-2);
        font-weight: var(--o-w-n);
        --icon-size: 18px;
      }

      .short {
        display: none;
      }

      @container (max-width: 699px) {
        .anchor {
          padding: 0 8px;
        }

        .short {
          display: block;
        }

        .clip.name {
          display: none;
        }
      }

      .row {
        justify-content: flex-start;
        width: 100%;
        min-height: var(--o-touch);
      }

      .row span {
        flex: 1;
        text-align: start;
      }

      .row[aria-current] {
        font-weight: var(--o-w-b);
      }
    `,
  ];

  @property({ attribute: false }) engines: readonly Engine[] = [];
  @property() chosen = "";
  @query("odin-popover") private readonly popoverElement!: OdinPopover;

  protected override render() {
    const names = distinctNames(this.engines);
    const name = names.get(this.chosen) ?? "";
    return html`
      <odin-popover align="start" .label=${t("host.engines")}>
        <button slot="anchor" class="button plain anchor" type="button" aria-label=${t("host.engine", { name })}>
          <odin-icon class="short" .path=${engineIcon}></odin-icon>
          <span class="clip name">${name}</span><odin-icon .path=${chevron}></odin-icon>
        </button>
        ${this.engines.map((engine) => this.#row(engine, names.get(engine.entry_id) ?? ""))}
      </odin-popover>
    `;
  }

  #row(engine: Engine, name: string) {
    const isChosen = engine.entry_id === this.chosen;
    const icon = isChosen ? check : engine.state === "loaded" ? "" : offline;
    return html`
      <button
        class="button plain row"
        type="button"
        aria-current=${isChosen ? "true" : "false"}
        @click=${() => {
          this.popoverElement.fold();
          if (!isChosen) this.dispatchEvent(new CustomEvent("odin-change", { detail: { value: engine } }));
        }}
      >
        <span class="clip">${name}</span>
        ${icon ? html`<odin-icon .path=${icon}></odin-icon>` : ""}
      </button>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-engine-picker": OdinEnginePicker;
  }
}
