import { css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { clearErrors, resumePrint } from "../../api/control";
import { listFaults } from "../../api/history";
import { ApiError } from "../../api/transport";
import type { Fault, FaultRecord, Severity } from "../../api/types";
import "../../components/icon/icon";
import { chevron, check, elsewhere, failed, finished, info, play, warning } from "../../components/icon/icons";
import "../../components/kit/press";
import "../../components/kit/skeleton";
import "../../components/kit/time";
import { plural, t } from "../../localize";
import { lasting } from "../../localize/format";
import { base, buttons, cards } from "../../theme/controls";
import { faultStyles } from "./faults-styles";
import { besidesPrompt, effectOf, worstFirst } from "./fault-text";
import { PrinterSection } from "./section";

const PAGE = 10;
const ICONS: Record<Severity, string> = { fatal: failed, serious: failed, common: warning, info };

/**
 * What is wrong with the machine, since when, and what can be done; and what was wrong before.
 *
 * Properties: `printer`, `isBrief` (only what is wrong now).
 */
@customElement("odin-printer-faults")
export class OdinPrinterFaults extends PrinterSection {
  static override styles = [
    base,
    buttons,
    cards,
    faultStyles,
    css`
      odin-skeleton {
        padding: 8px 0;
      }
    `,
  ];

  @property({ type: Boolean, attribute: "brief" }) isBrief = false;
  @state() private history: readonly FaultRecord[] = [];
  @state() private next: string | null = null;
  @state() private reason = "";
  @state() private isReading = false;
  #of: string | undefined;

  protected override isEmpty(): boolean {
    return this.isBrief && this.#faults().length === 0;
  }

  protected override willUpdate(): void {
    const of = [this.printer.id, ...this.printer.faults.map(({ code }) => code)].join("/");
    if (of === this.#of) return;
    this.#of = of;
    void this.#fetch();
  }

  protected override render() {
    const faults = this.#faults();
    if (this.isEmpty()) return nothing;
    return html`
      <section class="card ${faults[0]?.severity ?? ""}" aria-labelledby="title">
        <h2 id="title" class=${faults.length > 0 ? "vh" : "none"}>
          ${faults.length > 0 ? plural("fault.title", faults.length) : this.#none()}
        </h2>
        ${faults.length > 0 ? html`<ul class="now">${faults.map((fault) => this.#fault(fault))}</ul>${this.#actions()}` : nothing}
        ${this.isBrief ? nothing : this.#history()}
      </section>
    `;
  }

  /** What the machine asks stands in a card of its own. */
  #faults(): readonly Fault[] {
    return worstFirst(this.isOld ? this.printer.faults : besidesPrompt(this.printer));
  }

  #none() {
    // Of a printer that was never heard nobody knows.
    if (this.printer.activity === null) return t("fault.not_heard");
    return html`<odin-icon .path=${finished}></odin-icon>${t("fault.none")}`;
  }

  #fault(fault: Fault) {
    const since = this.history.find(({ code, cleared_at }) => code === fault.code && cleared_at === null)?.raised_at;
    return html`
      <li class="fault ${fault.severity}">
        <span class="picture"><odin-icon .path=${ICONS[fault.severity]}></odin-icon></span>
        <div class="text">
          <h3>${fault.text}</h3>
          <p class="sub">${effectOf(fault, this.printer)}</p>
          <p class="facts-line">
            ${since ? html`<span>${t("fault.since")} <odin-time .at=${since} mode="clock"></odin-time></span>` : nothing}
            <code>${fault.code}</code> ${help(fault.help_url)}
          </p>
        </div>
      </li>
    `;
  }

  #actions() {
    const canResume = this.printer.activity === "paused" && this.can("resume");
    if (!canResume && !this.can("clear_faults")) return nothing;
    return html`
      <div class="does">
        ${
          canResume
            ? this.#button("resume", "primary", play, t("fault.resume"), () =>
                this.presses.press(
                  "resume",
                  () => resumePrint(this.transport, this.printer.id),
                  () => this.printer.activity !== "paused",
                ),
              )
            : nothing
        }
        ${
          this.can("clear_faults")
            ? this.#button("clear_faults", "", check, t("fault.clear"), () => {
                const before = this.printer.faults.length;
                return this.presses.press(
                  "clear_faults",
                  () => clearErrors(this.transport, this.printer.id),
                  () => this.printer.faults.length < before,
                );
              })
            : nothing
        }
      </div>
    `;
  }

  #button(kind: "resume" | "clear_faults", look: "" | "primary", icon: string, label: string, run: () => unknown) {
    const lock = this.lock(kind);
    return html`
      <odin-press
        .kind=${look}
        .icon=${icon}
        .press=${this.presses.of(kind)}
        .disabled=${lock !== ""}
        .reason=${lock}
        @click=${run}
        @odin-forget=${() => {
          this.presses.forget(kind);
        }}
        >${label}</odin-press
      >
    `;
  }

  #history() {
    const past = this.history.filter(({ cleared_at: at }) => at !== null);
    if (past.length === 0 && this.next === null && !this.reason) return nothing;
    return html`
      <details>
        <summary>
          ${t("fault.history")}
          <odin-icon class="chevron" .path=${chevron}></odin-icon>
        </summary>
        <ul class="past">${past.map((record) => this.#record(record))}</ul>
        ${this.isReading ? html`<odin-skeleton .lines=${3}></odin-skeleton>` : nothing}
        ${this.reason ? html`<p class="sub">${this.reason}</p>` : nothing}
        ${
          this.next !== null && !this.isReading
            ? html`<button class="button plain" type="button" @click=${this.#more}>${t("fault.more")}</button>`
            : nothing
        }
      </details>
    `;
  }

  #record(record: FaultRecord) {
    const { raised_at: from, cleared_at: to } = record;
    return html`
      <li class="fault ${record.severity}">
        <odin-icon .path=${ICONS[record.severity]}></odin-icon>
        <div class="text">
          <p>${record.text}</p>
          <p class="facts-line">
            <odin-time .at=${from} mode="clock"></odin-time>
            ${to ? html`<span>${t("fault.lasted", { time: lasting((Date.parse(to) - Date.parse(from)) / 1000) })}</span>` : nothing}
            <code>${record.code}</code> ${help(record.help_url)}
          </p>
        </div>
      </li>
    `;
  }

  /** Reads the first page again: something came or went. */
  async #fetch(): Promise<void> {
    const of = this.#of;
    try {
      const page = await listFaults(this.transport, this.printer.id, { limit: PAGE });
      if (of !== this.#of) return;
      [this.history, this.next, this.reason] = [page.items, page.next_cursor, ""];
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (of === this.#of) this.reason = error.message;
    }
  }

  readonly #more = async (): Promise<void> => {
    const of = this.#of;
    const cursor = this.next ?? undefined;
    this.isReading = true;
    try {
      const page = await listFaults(this.transport, this.printer.id, { limit: PAGE, cursor });
      if (of !== this.#of) return;
      [this.history, this.next, this.reason] = [[...this.history, ...page.items], page.next_cursor, ""];
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.reason = error.message;
    } finally {
      this.isReading = false;
    }
  };
}

/** A way to the maker's page; nothing of it is loaded before somebody follows it. */
function help(url: string | null) {
  if (url === null) return nothing;
  return html`
    <a href=${url} target="_blank" rel="noopener noreferrer">${t("fault.help")}<odin-icon .path=${elsewhere}></odin-icon></a>
  `;
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-faults": OdinPrinterFaults;
  }
}
