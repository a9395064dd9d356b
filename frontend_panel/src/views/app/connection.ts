import { LitElement, css, html } from "lit";
import { customElement, property } from "lit/decorators.js";

import { plural, t } from "../../localize";
import { lasting } from "../../localize/format";
import type { Line } from "../../store/line";
import { base } from "../../theme/controls";
import { Seconds } from "../floor/seconds";

const SECOND_MS = 1000;

/**
 * Whether what the page shows is what is: live and of how many printers, or for how long not any more.
 *
 * Properties: `line`, `count` (printers).
 */
@customElement("odin-connection")
export class OdinConnection extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: inline-block;
        min-width: 0;
      }

      span {
        display: flex;
        gap: 6px;
        align-items: center;
        color: var(--o-text-2);
        font-size: var(--o-t-s);
        white-space: nowrap;
      }

      i {
        flex: none;
        width: 8px;
        height: 8px;
        border: 2px solid var(--o-offline);
        border-radius: 50%;
      }

      [data-phase="live"] i {
        border-color: var(--o-finished);
        background: var(--o-finished);
      }

      [data-phase="lost"] {
        color: var(--o-attention-text);
        font-weight: var(--o-w-b);
      }

      [data-phase="lost"] i {
        border-color: var(--o-attention);
      }
    `,
  ];

  @property({ attribute: false }) line!: Line;
  @property({ type: Number }) count = 0;
  readonly #seconds = new Seconds(this, () => this.line.phase === "lost");

  protected override render() {
    return html`<span data-phase=${this.line.phase}><i aria-hidden="true"></i>${this.#words()}</span>`;
  }

  #words(): string {
    const { phase, lostAt } = this.line;
    switch (phase) {
      case "connecting":
        return t("live.connecting");
      case "live":
        return plural("line.live", this.count);
      case "lost":
        return lostAt === null
          ? t("live.lost")
          : t("line.lost_for", { since: lasting((this.#seconds.now - lostAt) / SECOND_MS) });
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-connection": OdinConnection;
  }
}
