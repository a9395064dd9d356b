import { LitElement, css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Check } from "../../api/types";
import { t, word } from "../../localize";
import { base } from "../../theme/controls";
import "../icon/icon";
import { failed, finished, skipped } from "../icon/icons";

/**
 * A connection check, step by step: what was tried, and what to do where it failed.
 *
 * Properties: `checks`.
 */
@customElement("odin-check-list")
export class OdinCheckList extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
      }

      ul {
        display: grid;
        gap: 10px;
      }

      li {
        display: flex;
        gap: 10px;
        min-width: 0;
        overflow-wrap: anywhere;
      }

      li > div {
        min-width: 0;
      }

      odin-icon {
        color: var(--o-text-2);
      }

      [data-result="ok"] odin-icon {
        color: var(--o-finished);
      }

      [data-result="failed"] odin-icon {
        color: var(--o-failed);
      }

      .remedy {
        margin-top: 2px;
        font-weight: var(--o-w-m);
      }
    `,
  ];

  @property({ attribute: false }) checks: readonly Check[] = [];

  protected override render() {
    return html`
      <ul>
        ${this.checks.map((check) => this.#row(check))}
      </ul>
    `;
  }

  #row({ step, ok, detail, remedy }: Check) {
    const result = ok === null ? "skipped" : ok ? "ok" : "failed";
    return html`
      <li data-result=${result}>
        <odin-icon .path=${{ ok: finished, failed, skipped }[result]}></odin-icon>
        <div>
          <b>${word("check", step)}</b> <span class="vh">${t(`check.result.${result}`)}</span>
          <p class="sub">${detail}</p>
          ${remedy && result !== "ok" ? html`<p class="remedy">${remedy}</p>` : nothing}
        </div>
      </li>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-check-list": OdinCheckList;
  }
}
