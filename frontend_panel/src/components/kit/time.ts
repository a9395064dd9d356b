import { LitElement, css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";

import { clock, instant, relative } from "../../localize/format";
import { beat } from "./beat";

/**
 * An instant: how long ago, or what the clock says; the whole of it as a tooltip.
 *
 * Properties: `at` (ISO text, ms since the epoch, or `null` for unknown, which draws nothing), `mode`.
 */
@customElement("odin-time")
export class OdinTime extends LitElement {
  static override styles = css`
    :host {
      font-variant-numeric: tabular-nums;
      white-space: nowrap;
    }
  `;

  @property() at: string | number | null = null;
  @property() mode: "relative" | "clock" = "relative";
  #stop: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stop = beat(() => {
      this.requestUpdate();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop?.();
  }

  protected override render() {
    if (this.at === null || this.at === "") return nothing;
    const at = new Date(this.at);
    if (Number.isNaN(at.getTime())) return nothing;
    const now = new Date();
    const text = this.mode === "clock" ? clock(at, now) : relative(at, now);
    return html`<time datetime=${at.toISOString()} title=${instant(at)}>${text}</time>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-time": OdinTime;
  }
}
