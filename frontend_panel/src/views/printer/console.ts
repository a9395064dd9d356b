import { css, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { readConsole } from "../../api/control";
import { ApiError } from "../../api/transport";
import type { ConsoleLine } from "../../api/types";
import "../../components/banner/banner";
import { t } from "../../localize";
import { base } from "../../theme/controls";
import { PrinterSection } from "./section";

const LOOK_EVERY_MS = 2000;
const KEPT = 500;
/** Whoever has scrolled up further than this reads old lines, and is left there. */
const NEAR_PX = 24;

/**
 * What the machine says and is told, as it comes; asked for only while it is looked at.
 *
 * Properties: `printer`, `isLooked` (whether somebody sees it).
 */
@customElement("odin-printer-console")
export class OdinPrinterConsole extends PrinterSection {
  static override styles = [
    base,
    css`
      ol {
        max-height: 260px;
        margin: 8px 0;
        padding: 8px 10px;
        overflow: auto;
        border-radius: var(--o-r-control);
        background: var(--o-sunken);
        font: 13px/1.5 var(--o-mono);
      }

      li {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }

      .sent {
        color: var(--o-accent-text);
      }
    `,
  ];

  @property({ type: Boolean, attribute: "looked" }) isLooked = false;
  @state() private lines: readonly ConsoleLine[] = [];
  @state() private problem = "";
  @query("ol") private readonly list!: HTMLOListElement | null;
  #timer: number | undefined;
  #of = "";

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  protected override isEmpty(): boolean {
    return !this.printer.capabilities.has_console;
  }

  protected override render() {
    if (this.isEmpty()) return nothing;
    return html`
      ${this.problem ? html`<odin-banner kind="warning">${this.problem}</odin-banner>` : nothing}
      <ol role="log" tabindex="0" aria-label=${t("console.label")}>
        ${
          this.lines.length === 0
            ? html`<li>${t("console.empty")}</li>`
            : this.lines.map(({ text, is_sent: isSent }) => html`<li class=${isSent ? "sent" : ""}>${isSent ? `> ${text}` : text}</li>`)
        }
      </ol>
    `;
  }

  protected override updated(): void {
    if (this.#of !== this.printer.id) {
      this.#of = this.printer.id;
      this.lines = [];
    }
    const wants = this.isLooked && !this.isEmpty() && this.isConnected;
    if (wants && this.#timer === undefined) void this.#look();
    if (!wants) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
  }

  async #look(): Promise<void> {
    const { id } = this.printer;
    this.#timer = window.setTimeout(() => void this.#look(), LOOK_EVERY_MS);
    try {
      const fresh = await readConsole(this.transport, id, this.lines.at(-1)?.number ?? 0);
      if (id !== this.printer.id) return;
      this.problem = "";
      if (fresh.length > 0) await this.#show(fresh);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = error.message;
    }
  }

  async #show(fresh: readonly ConsoleLine[]): Promise<void> {
    const { list } = this;
    const isAtEnd = list === null || list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_PX;
    this.lines = [...this.lines, ...fresh].slice(-KEPT);
    await this.updateComplete;
    if (isAtEnd) this.list?.scrollTo({ top: this.list.scrollHeight });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-console": OdinPrinterConsole;
  }
}
