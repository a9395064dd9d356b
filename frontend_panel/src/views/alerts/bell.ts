import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { markAlertsSeen, readAlertSummary } from "../../api/alerts";
import { ApiError } from "../../api/transport";
import "../../components/icon/icon";
import { bell, quiet } from "../../components/icon/icons";
import "../../components/kit/empty";
import "../../components/kit/popover";
import type { OdinPopover } from "../../components/kit/popover";
import { plural, t } from "../../localize";
import type { Services } from "../../services";
import { servicesContext } from "../../services";
import { selectAlerts, unseen, worstFirst } from "../../store/alerts";
import { Slice } from "../../store/store";
import { base, buttons } from "../../theme/controls";
import { addressOf, followed } from "../app/place";
import "./alert-row";
import { dismiss } from "./dismissal";

const ALERTS = { page: "alerts" } as const;
const MOST_SHOWN = 6;
const MOST_COUNTED = 99;

/**
 * How many alerts whoever sits here has not seen, and the active ones behind a press.
 *
 * Properties: `isWatched` (the list is in sight anyway).
 */
@customElement("odin-bell")
export class OdinBell extends LitElement {
  static override styles = [
    base,
    buttons,
    css`
      odin-popover {
        --popover-width: min(420px, 100vw - 16px);
      }

      .badge {
        position: absolute;
        top: -1px;
        right: -2px;
        min-width: 18px;
        padding: 0 4px;
        border-radius: var(--o-r-pill);
        background: var(--o-attention);
        color: #1b1000;
        font-size: 11px;
        font-weight: var(--o-w-b);
        line-height: 18px;
      }

      .badge.critical {
        background: var(--o-danger-fill);
        color: var(--o-on-danger);
      }

      .head {
        display: flex;
        gap: 8px;
        align-items: center;
        justify-content: space-between;
        padding: 2px 4px 2px 12px;
      }

      ul {
        padding: 0 4px 0 12px;
      }

      li + li {
        border-top: 1px solid var(--o-line);
      }

      .all {
        width: 100%;
        margin-top: 4px;
      }
    `,
  ];

  @property({ type: Boolean, attribute: "watched" }) isWatched = false;
  @consume({ context: servicesContext }) private readonly services!: Services;
  /** `undefined` until the engine said; `null` is nothing yet. */
  @state() private seenUntil: string | null | undefined;
  @state() private isOpen = false;
  @query("odin-popover") private readonly popoverElement!: OdinPopover;
  readonly #alerts = new Slice(this, () => this.services.store, selectAlerts);
  readonly #printers = new Slice(this, () => this.services.store, (all) => all.live.printers.items);
  readonly #mayDismiss = new Slice(
    this,
    () => this.services.store,
    ({ session }) => session.phase === "signed_in" && session.session.permissions.includes("manage:alerts"),
  );

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#read(readAlertSummary(this.services.transport));
  }

  protected override updated(): void {
    if (this.isOpen || this.isWatched) this.#see();
  }

  protected override render() {
    const alerts = this.#alerts.value ?? [];
    const count = this.seenUntil === undefined ? 0 : unseen(alerts, this.seenUntil);
    const words = count > 0 ? plural("alerts.unseen", count) : plural("alerts.active_count", alerts.length);
    return html`
      <odin-popover .label=${t("alerts.title")} @odin-open=${this.#opened} @odin-close=${this.#closed}>
        <button slot="anchor" class="button plain icon-only" type="button" aria-label=${words} title=${words}>
          <odin-icon .path=${bell}></odin-icon>
          ${
            count === 0
              ? nothing
              : html`<span class="badge ${alerts.some(isCritical) ? "critical" : ""}">${Math.min(count, MOST_COUNTED)}</span>`
          }
        </button>
        ${this.isOpen ? this.#sheet() : nothing}
      </odin-popover>
    `;
  }

  #sheet() {
    const alerts = worstFirst(this.#alerts.value ?? []);
    return html`
      <div class="head">
        <h2>${t("alerts.title")}</h2>
        ${
          this.#mayDismiss.value && alerts.length > 1
            ? html`
                <button class="button plain" type="button" @click=${this.#allDismissed}>${t("alerts.dismiss_all")}</button>
              `
            : nothing
        }
      </div>
      ${
        alerts.length === 0
          ? html`<odin-empty small .icon=${quiet} .heading=${t("alerts.none")}>${t("alerts.none.what")}</odin-empty>`
          : html`
              <ul>
                ${repeat(
                  alerts.slice(0, MOST_SHOWN),
                  ({ id }) => id,
                  (alert) => html`
                    <li>
                      <odin-alert
                        short
                        .alert=${alert}
                        .mayDismiss=${this.#mayDismiss.value ?? false}
                        .hasPrinter=${alert.printer_id !== null && this.#printers.value?.[alert.printer_id] !== undefined}
                        @odin-dismiss=${() => void dismiss(this.services, [alert.id])}
                        @odin-follow=${this.#left}
                      ></odin-alert>
                    </li>
                  `,
                )}
              </ul>
            `
      }
      <a class="button all" href=${addressOf(ALERTS)} @click=${this.#allWanted}>
        ${alerts.length > MOST_SHOWN ? plural("alerts.all_count", alerts.length) : t("alerts.all")}
      </a>
    `;
  }

  /** Whatever is in sight counts as seen, also what arrives meanwhile. */
  #see(): void {
    const newest = this.#alerts.value?.[0]?.raised_at;
    if (newest === undefined || this.seenUntil === undefined) return;
    if (unseen(this.#alerts.value ?? [], this.seenUntil) === 0) return;
    this.seenUntil = newest;
    void this.#read(markAlertsSeen(this.services.transport, newest));
  }

  async #read(answer: ReturnType<typeof readAlertSummary>): Promise<void> {
    try {
      this.seenUntil = (await answer).seen_until;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // Without an answer everything that is active counts as news.
      this.seenUntil ??= null;
    }
  }

  readonly #opened = (): void => {
    this.isOpen = true;
  };

  readonly #closed = (): void => {
    this.isOpen = false;
  };

  readonly #left = (): void => {
    this.popoverElement.isOpen = false;
  };

  readonly #allWanted = (event: MouseEvent): void => {
    this.#left();
    followed(ALERTS)(event);
  };

  readonly #allDismissed = (): void => {
    const ids = (this.#alerts.value ?? []).map(({ id }) => id);
    void dismiss(this.services, ids);
  };
}

function isCritical({ severity }: { readonly severity: string }): boolean {
  return severity === "critical";
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-bell": OdinBell;
  }
}
