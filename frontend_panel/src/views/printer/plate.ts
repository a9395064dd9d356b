import { css, html, nothing } from "lit";
import { customElement } from "lit/decorators.js";

import { clearPlate, occupyPlate } from "../../api/upkeep";
import { ApiError } from "../../api/transport";
import "../../components/icon/icon";
import { check, plate as plateIcon } from "../../components/icon/icons";
import "../../components/kit/press";
import { t } from "../../localize";
import { clock } from "../../localize/format";
import { base, buttons, cards } from "../../theme/controls";
import { hasPlateNews } from "./plate-news";
import { PrinterSection } from "./section";

/**
 * The gate between two prints: whether something lies on the plate, and the button of whoever took it off.
 *
 * Properties: `printer`.
 */
@customElement("odin-printer-plate")
export class OdinPrinterPlate extends PrinterSection {
  static override styles = [
    base,
    buttons,
    cards,
    css`
      :host {
        display: block;
        min-width: 0;
      }

      .card {
        display: grid;
        gap: 12px;
      }

      .card.occupied {
        border-color: color-mix(in srgb, var(--o-finished) 45%, var(--o-line));
        background: color-mix(in srgb, var(--o-finished) calc(var(--o-tint) - 3%), var(--o-card));
      }

      .state {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        gap: 12px;
        align-items: center;
      }

      .state > odin-icon {
        color: var(--o-finished-text);
        --icon-size: 26px;
      }

      .state p {
        font-size: var(--o-t-b);
      }

      h2 {
        font-size: 15px;
      }

      .cleared {
        width: 100%;
        min-height: 48px;
        background: var(--o-finished-fill, #067a5a);
        color: #fff;
        font-size: 15px;
        font-weight: var(--o-w-b);
      }

      .cleared:hover {
        background: color-mix(in srgb, #000 14%, var(--o-finished-fill, #067a5a));
      }

      .failed {
        color: var(--o-failed-text);
        font-size: var(--o-t-b);
      }
    `,
  ];

  protected override isEmpty(): boolean {
    return !hasPlateNews(this.printer);
  }

  protected override render() {
    if (this.isEmpty()) return nothing;
    const { plate } = this.printer;
    return plate.state === "occupied" ? this.#occupied(plate.since) : this.#clear();
  }

  #occupied(since: string | null) {
    const text =
      since === null ? t("plate.occupied.what") : t("plate.occupied.since", { at: clock(new Date(since), new Date()) });
    const press = this.presses.of("clear");
    const isBusy = press.phase === "sending";
    return html`
      <section class="card occupied" aria-labelledby="title">
        <div class="state">
          <odin-icon .path=${plateIcon}></odin-icon>
          <div>
            <h2 id="title">${t("plate.occupied")}</h2>
            <p class="sub">${text}</p>
          </div>
        </div>
        ${
          this.may("control:printers")
            ? html`
                <button
                  class="button cleared"
                  type="button"
                  aria-disabled=${isBusy || !this.hearsEngine ? "true" : "false"}
                  @click=${this.#cleared}
                >
                  <odin-icon .path=${check}></odin-icon>${t("plate.cleared")}
                </button>
              `
            : html`<p class="sub">${t("lock.permission")}</p>`
        }
        ${press.phase === "failed" ? html`<p class="failed" role="alert">${press.reason}</p>` : nothing}
      </section>
    `;
  }

  #clear() {
    return html`
      <section class="card" aria-labelledby="title">
        <div class="state">
          <odin-icon .path=${plateIcon}></odin-icon>
          <div>
            <h2 id="title">${t("plate.clear")}</h2>
            <p class="sub">${t("plate.clear.what")}</p>
          </div>
          ${
            this.may("control:printers")
              ? html`
                  <odin-press
                    kind="plain"
                    .press=${this.presses.of("occupy")}
                    .disabled=${!this.hearsEngine}
                    .reason=${t("lock.not_live")}
                    @click=${() => this.#occupy()}
                    @odin-forget=${() => {
                      this.presses.forget("occupy");
                    }}
                    >${t("plate.put_back")}</odin-press
                  >
                `
              : nothing
          }
        </div>
      </section>
    `;
  }

  readonly #cleared = async (): Promise<void> => {
    if (!this.hearsEngine) return;
    const { id, name } = this.printer;
    const { transport, services } = this;
    if (!(await this.presses.press("clear", () => clearPlate(transport, id)))) return;
    services.toasts.show("done", t("plate.cleared.toast", { name }), {
      label: t("plate.undo"),
      // The page may be another one by then.
      run: () => {
        occupyPlate(transport, id).catch((error: unknown) => {
          if (!(error instanceof ApiError)) throw error;
          services.toasts.show("failed", error.message);
        });
      },
    });
  };

  #occupy() {
    return this.presses.press(
      "occupy",
      () => occupyPlate(this.transport, this.printer.id),
      () => this.printer.plate.state === "occupied",
    );
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-plate": OdinPrinterPlate;
  }
}
