import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import { customElement } from "lit/decorators.js";

import "../../components/banner/banner";
import { t } from "../../localize";
import { clock, lasting } from "../../localize/format";
import type { Services } from "../../services";
import { servicesContext } from "../../services";
import { selectLine } from "../../store/line";
import type { Line } from "../../store/line";
import { Slice } from "../../store/store";
import { base, buttons } from "../../theme/controls";
import { Seconds } from "../floor/seconds";
import { reload } from "./place";

/** One failed attempt is a restart; two are worth a sentence. */
const FAILURES_TO_MENTION = 2;
const SECOND_MS = 1000;

/** Over every page: that the line is lost and since when, that it never came up, or that the engine was replaced. */
@customElement("odin-line-banner")
export class OdinLineBanner extends LitElement {
  static override styles = [
    base,
    buttons,
    css`
      :host {
        display: block;
      }

      odin-banner {
        margin-bottom: var(--o-3);
      }
    `,
  ];

  @consume({ context: servicesContext }) private readonly services!: Services;
  readonly #line = new Slice(this, () => this.services.store, selectLine);
  readonly #seconds = new Seconds(this, () => this.#line.value?.phase === "lost");

  protected override render() {
    const line = this.#line.value;
    return line ? html`${this.#words(line)} ${line.isOutdated ? this.#outdated() : nothing}` : nothing;
  }

  #words(line: Line) {
    if (line.lostAt !== null) {
      const since = lasting((this.#seconds.now - line.lostAt) / SECOND_MS);
      const at = clock(new Date(line.lostAt), new Date());
      return html`
        <odin-banner kind="offline"><b>${t("line.lost", { since })}</b> ${t("line.lost.what", { at })}</odin-banner>
      `;
    }
    if (line.phase === "connecting" && (line.reason || line.failures >= FAILURES_TO_MENTION)) {
      return html`
        <odin-banner kind="warning">
          <b>${t("line.none")}</b> ${line.reason || t("line.none.proxy")} ${t("line.none.again")}
        </odin-banner>
      `;
    }
    return nothing;
  }

  #outdated() {
    return html`
      <odin-banner kind="info">
        ${t("line.outdated")}
        <button slot="action" class="button" type="button" @click=${reload}>${t("page.reload")}</button>
      </odin-banner>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-line-banner": OdinLineBanner;
  }
}
