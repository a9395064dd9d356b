import { css, html, nothing } from "lit";
import { customElement } from "lit/decorators.js";

import { answerPrompt } from "../../api/control";
import "../../components/icon/icon";
import { question } from "../../components/icon/icons";
import "../../components/kit/press";
import { t } from "../../localize";
import { base, cards } from "../../theme/controls";
import { failure } from "./row";
import { PrinterSection } from "./section";

/**
 * What the machine asks, with its answers. Nothing while it asks nothing.
 *
 * Properties: `printer`.
 */
@customElement("odin-printer-prompt")
export class OdinPrinterPrompt extends PrinterSection {
  static override styles = [
    base,
    cards,
    css`
      .card {
        display: grid;
        gap: var(--o-3);
        border-color: var(--o-paused);
      }

      h2 {
        display: flex;
        gap: 8px;
        align-items: center;
      }

      p {
        white-space: pre-line;
        overflow-wrap: anywhere;
      }

      .choices {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
    `,
  ];

  protected override isEmpty(): boolean {
    return this.printer.prompt === null || this.isOld;
  }

  protected override render() {
    const { prompt } = this.printer;
    if (prompt === null || this.isOld) return nothing;
    const lock = this.lock("answer_prompt");
    return html`
      <section class="card" aria-labelledby="title">
        <h2 id="title"><odin-icon .path=${question}></odin-icon>${t("prompt.title")}</h2>
        <p role="status">${prompt.text}</p>
        ${
          this.can("answer_prompt") && prompt.choices.length > 0
            ? html`
                <div class="choices">
                  ${prompt.choices.map(
                    (label, choice) => html`
                      <odin-press
                        .press=${this.presses.of(`answer-${choice}`)}
                        .disabled=${lock !== ""}
                        .reason=${lock}
                        @click=${() => this.#answered(choice)}
                        @odin-forget=${() => {
                          this.presses.forget(`answer-${choice}`);
                        }}
                        >${label}</odin-press
                      >
                    `,
                  )}
                </div>
              `
            : html`<p class="sub">${t("prompt.at_the_machine")}</p>`
        }
        ${failure(this.presses, "prompt")}
      </section>
    `;
  }

  #answered(choice: number) {
    const { prompt } = this.printer;
    return this.presses.press(
      `answer-${choice}`,
      () => answerPrompt(this.transport, this.printer.id, choice),
      () => this.printer.prompt !== prompt,
    );
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-prompt": OdinPrinterPrompt;
  }
}
