import { css, html, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";

import { readAudit, readAuditSheet } from "../../api/system";
import type { AuditFilter } from "../../api/system";
import type { AuditLine, Page } from "../../api/types";
import { field } from "../../components/field/field";
import { download, log } from "../../components/icon/icons";
import "../../components/kit/empty";
import "../../components/kit/press";
import "../../components/kit/time";
import { plural, t, word } from "../../localize";
import { Asked } from "../../store/asked";
import { Slice } from "../../store/store";
import { save } from "./save";
import { SettingsSection } from "./section";
import { sectionStyles } from "./section-styles";

const ALL: AuditFilter = { actor: "", action: "", since: "", until: "" };
const SETTLES_MS = 400;
const DAY_MS = 86_400_000;
const FIRST_REFUSAL = 400;

/** Who changed what and when: filtered, page by page, and as a sheet. */
@customElement("odin-settings-audit")
export class OdinSettingsAudit extends SettingsSection {
  static override styles = [
    ...sectionStyles,
    css`
      .filter {
        display: grid;
        grid-template-columns: repeat(4, minmax(0, 1fr));
        gap: 8px 12px;
        margin-bottom: var(--o-3);
      }

      td {
        vertical-align: top;
      }

      td:nth-child(3) {
        overflow-wrap: anywhere;
      }

      td:first-child {
        white-space: nowrap;
      }

      .did::first-letter {
        text-transform: uppercase;
      }

      .refused {
        color: var(--o-failed-text);
        font-weight: var(--o-w-b);
      }

      @container (max-width: 899px) {
        .filter {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
      }

      @container (max-width: 699px) {
        table,
        tbody,
        tr,
        td {
          display: block;
        }

        thead {
          position: absolute;
          clip-path: inset(50%);
        }

        td {
          padding: 0;
          border: 0;
        }

        tr {
          display: grid;
          grid-template-columns: minmax(0, 1fr) auto;
          gap: 2px 12px;
          padding: 10px 0;
          border-bottom: 1px solid var(--o-line);
        }

        td:first-child {
          grid-area: 1 / 2;
          color: var(--o-text-2);
          text-align: end;
        }

        td:nth-child(2) {
          grid-area: 1 / 1;
        }

        td:last-child {
          text-align: end;
        }
      }
    `,
  ];

  @state() private filter = { actor: "", action: "", from: "", to: "" };
  readonly #page = new Asked<Page<AuditLine>>(this, () => readAudit(this.transport, this.#wanted, null));
  readonly #printers = new Slice(this, () => this.services.store, (all) => all.live.printers.items);
  #timer: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  protected override render() {
    return html`
      <section class="card" aria-label=${t("settings.audit")}>
        <div class="filter" role="search">
          ${field({ ...this.#text("actor"), label: t("audit.actor"), placeholder: t("audit.actor.hint") })}
          ${field({ ...this.#text("action"), label: t("audit.action"), placeholder: t("audit.action.hint") })}
          ${field({ ...this.#text("from"), label: t("audit.from"), type: "date" })}
          ${field({ ...this.#text("to"), label: t("audit.to"), type: "date" })}
        </div>
        ${this.answered(this.#page, (page) => this.#list(page))}
      </section>
      ${this.#more()}
    `;
  }

  #text(name: "actor" | "action" | "from" | "to") {
    return { name, value: this.filter[name], isFree: true, onInput: this.#typed };
  }

  #list(page: Page<AuditLine>) {
    if (page.items.length === 0) {
      return html`<odin-empty small .icon=${log} .heading=${t("audit.none")}>${t("audit.none.what")}</odin-empty>`;
    }
    return html`
      <div class="card-head">
        <span class="sub" role="status">${plural("audit.count", page.total)}</span>
        <odin-press
          class="end"
          .icon=${download}
          .press=${this.presses.of("sheet")}
          title=${t("audit.sheet.hint")}
          @click=${this.#saved}
          @odin-forget=${() => {
            this.presses.forget("sheet");
          }}
          >${t("audit.sheet")}</odin-press
        >
      </div>
      <div class="table">
        <table>
          <thead>
            <tr>
              <th>${t("audit.at")}</th>
              <th>${t("audit.actor")}</th>
              <th>${t("audit.what")}</th>
              <th>${t("audit.result")}</th>
            </tr>
          </thead>
          <tbody>
            ${page.items.map((line) => this.#row(line))}
          </tbody>
        </table>
      </div>
    `;
  }

  #row(line: AuditLine) {
    const { targets, details, status } = line;
    const facts = Object.entries({ ...targets, ...details }).map(([name, value]) => this.#fact(name, value));
    return html`
      <tr>
        <td><odin-time .at=${line.at}></odin-time></td>
        <td>
          <b>${line.on_behalf_of ?? line.user_name}</b>
          <div class="sub">${line.token_id === null ? line.address : t("audit.token", { address: line.address })}</div>
        </td>
        <td title=${`${line.method} ${line.route}`}>
          <div class="did">${word("audit.did", line.action)}</div>
          ${facts.length > 0 ? html`<div class="sub">${facts.join(" · ")}</div>` : nothing}
        </td>
        <td>${status >= FIRST_REFUSAL ? html`<span class="refused">${t("audit.refused", { status })}</span>` : t("audit.done")}</td>
      </tr>
    `;
  }

  /** A printer is told by its name, as long as there is one. */
  #fact(name: string, value: unknown): string {
    const printer = name === "printer_id" ? this.#printers.value?.[String(value)] : undefined;
    return printer ? printer.name : `${name.replaceAll("_", " ")}: ${String(value)}`;
  }

  #more() {
    const page = this.#page.value;
    if (!page?.next_cursor) return nothing;
    return html`
      <odin-press
        class="more"
        .press=${this.presses.of("more")}
        @click=${() => this.#readMore(page)}
        @odin-forget=${() => {
          this.presses.forget("more");
        }}
        >${t("audit.more")}</odin-press
      >
    `;
  }

  /** Days are the person's own; the log is asked for instants. */
  get #wanted(): AuditFilter {
    const { actor, action, from, to } = this.filter;
    const midnight = (day: string, days: number) => {
      const at = new Date(`${day}T00:00`).getTime() + days * DAY_MS;
      return Number.isNaN(at) ? "" : new Date(at).toISOString();
    };
    return { ...ALL, actor: actor.trim(), action: action.trim().replaceAll(" ", "_"), since: midnight(from, 0), until: midnight(to, 1) };
  }

  readonly #typed = (name: string, value: string): void => {
    this.filter = { ...this.filter, [name]: value };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#page.again(), SETTLES_MS);
  };

  readonly #saved = async (): Promise<void> => {
    await this.presses.press("sheet", async () => {
      save(await readAuditSheet(this.transport, this.#wanted), "audit.csv", "text/csv");
    });
  };

  async #readMore(page: Page<AuditLine>): Promise<void> {
    await this.presses.press("more", async () => {
      const next = await readAudit(this.transport, this.#wanted, page.next_cursor);
      this.#page.take({ ...next, items: [...page.items, ...next.items] });
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-settings-audit": OdinSettingsAudit;
  }
}
