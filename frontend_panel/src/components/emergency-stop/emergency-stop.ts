import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { Printer, StopOutcome } from "../../api/types";
import { plural, t, word } from "../../localize";
import { percent } from "../../localize/format";
import { base, buttons } from "../../theme/controls";
import "../banner/banner";
import "../dialog/dialog";
import "../icon/icon";
import { emergency, failed, finished, warning } from "../icon/icons";

/** How an emergency stop stands: not pressed, on its way, answered, or not delivered at all. */
export type StopProgress =
  | { readonly phase: "rest" }
  | { readonly phase: "sending" }
  | { readonly phase: "answered"; readonly outcomes: readonly StopOutcome[] }
  | { readonly phase: "undelivered"; readonly reason: string };

const OUTCOME_ICONS: Readonly<Record<string, string>> = { confirmed: finished, refused: failed, no_answer: warning };

/**
 * The emergency stop in two steps: press, then confirm what will be lost. Shows the result of each printer.
 *
 * Properties: `running` (printers whose job would be lost), `count` (all that will be told, 0 for unknown), `name` (of the
 * one printer it is for; empty for all of them), `progress`. Events: `odin-emergency-stop` (confirmed),
 * `odin-emergency-rest` (the result was read). Methods: `ask()`.
 */
@customElement("odin-emergency-stop")
export class OdinEmergencyStop extends LitElement {
  static override styles = [
    base,
    buttons,
    css`
      li {
        display: flex;
        gap: 10px;
        align-items: flex-start;
        padding: 8px 0;
        border-top: 1px solid var(--o-line);
      }

      li:first-child {
        border-top: 0;
      }

      li > span {
        min-width: 0;
        overflow-wrap: anywhere;
      }

      li odin-icon {
        color: var(--o-text-2);
      }

      li[data-outcome="confirmed"] odin-icon {
        color: var(--o-finished);
      }

      li[data-outcome="refused"] odin-icon,
      li[data-outcome="no_answer"] odin-icon {
        color: var(--o-failed);
      }

      @container (max-width: 899px) {
        .word {
          position: absolute;
          width: 1px;
          height: 1px;
          overflow: hidden;
          clip-path: inset(50%);
        }

        .trigger {
          width: var(--o-touch);
          padding: 0;
        }
      }
    `,
  ];

  @property({ attribute: false }) running: readonly Printer[] = [];
  @property({ type: Number }) count = 0;
  @property() name = "";
  @property({ attribute: false }) progress: StopProgress = { phase: "rest" };
  @state() private isOpen = false;

  /** Opens the question, as a press does. */
  ask(): void {
    this.isOpen = true;
  }

  protected override render() {
    return html`
      <button
        class="button outline-danger ${this.name ? "" : "trigger"}"
        type="button"
        aria-haspopup="dialog"
        title=${this.name ? t("stop.question_one", { name: this.name }) : t("stop.button")}
        @click=${this.#opened}
      >
        <odin-icon .path=${emergency}></odin-icon>${
          this.name
            ? html`<span class="clip">${t("stop.button_one", { name: this.name })}</span>`
            : html`<span class="word">${t("stop.button")}</span>`
        }
      </button>
      <odin-dialog .heading=${this.#heading()} .isOpen=${this.isOpen} @odin-close=${this.#closed}>
        ${this.isOpen ? this.#body() : nothing} ${this.#actions()}
      </odin-dialog>
    `;
  }

  #heading(): string {
    if (this.progress.phase === "answered") return t("stop.result");
    if (this.name) return t("stop.question_one", { name: this.name });
    return this.count === 0 ? t("stop.question_all") : plural("stop.question", this.count);
  }

  #body() {
    switch (this.progress.phase) {
      case "rest":
        return this.#question();
      case "sending":
        return html`<p role="status">${this.name ? t("stop.sending_one", { name: this.name }) : t("stop.sending")}</p>`;
      case "answered":
        return this.#results(this.progress.outcomes);
      case "undelivered":
        return html`<odin-banner kind="failed"><b>${t("stop.undelivered")}</b> ${this.progress.reason}</odin-banner>`;
    }
  }

  #question() {
    if (this.running.length === 0) {
      return html`<p>${this.name ? t("stop.nothing_runs_one", { name: this.name }) : t("stop.nothing_runs")}</p>`;
    }
    return html`
      <p>${t("stop.what")} ${plural("stop.loses", this.running.length)}</p>
      <ul>
        ${this.running.map(
          ({ name, job }) => html`
            <li>
              <span>
                <b>${name}</b>
                ${job?.name ?? nothing} ${job?.progress_pct == null ? nothing : html`· ${percent(job.progress_pct)}`}
              </span>
            </li>
          `,
        )}
      </ul>
    `;
  }

  #results(outcomes: readonly StopOutcome[]) {
    if (outcomes.length === 0) return html`<p role="status">${t("stop.nobody")}</p>`;
    return html`
      <ul role="status">
        ${worstFirst(outcomes).map(
          (outcome) => html`
            <li data-outcome=${outcome.outcome}>
              <odin-icon .path=${OUTCOME_ICONS[outcome.outcome] ?? warning}></odin-icon>
              <span><b>${outcome.name}: ${word("stop.outcome", outcome.outcome)}.</b> ${outcome.text}</span>
            </li>
          `,
        )}
      </ul>
    `;
  }

  #actions() {
    if (this.progress.phase === "answered") {
      return html`
        <button slot="actions" class="button primary" type="button" @click=${this.#closed}>${t("stop.done")}</button>
      `;
    }
    const isSending = this.progress.phase === "sending";
    return html`
      <button slot="actions" class="button" type="button" @click=${this.#closed}>${t("stop.cancel")}</button>
      <button
        slot="actions"
        class="button danger"
        type="button"
        aria-disabled=${isSending ? "true" : "false"}
        @click=${this.#confirmed}
      >
        <odin-icon .path=${emergency}></odin-icon>
        ${this.progress.phase === "undelivered" ? t("stop.again") : t("stop.confirm")}
      </button>
    `;
  }

  readonly #opened = (): void => {
    this.ask();
  };

  readonly #confirmed = (): void => {
    if (this.progress.phase !== "sending") this.dispatchEvent(new CustomEvent("odin-emergency-stop"));
  };

  readonly #closed = (): void => {
    this.isOpen = false;
    if (this.progress.phase !== "sending") this.dispatchEvent(new CustomEvent("odin-emergency-rest"));
  };
}

/** Returns the outcomes that need somebody before those that do not. */
function worstFirst(outcomes: readonly StopOutcome[]): readonly StopOutcome[] {
  return [...outcomes].sort((a, b) => Number(a.outcome === "confirmed") - Number(b.outcome === "confirmed"));
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-emergency-stop": OdinEmergencyStop;
  }
}
