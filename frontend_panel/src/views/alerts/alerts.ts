import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { readEndedAlerts } from "../../api/alerts";
import { ApiError } from "../../api/transport";
import type { Alert } from "../../api/types";
import "../../components/banner/banner";
import { quiet } from "../../components/icon/icons";
import "../../components/kit/empty";
import "../../components/kit/segmented";
import "../../components/kit/skeleton";
import "../../components/kit/tabs";
import { t, word } from "../../localize";
import { day } from "../../localize/format";
import type { Services } from "../../services";
import { servicesContext } from "../../services";
import { byDay, selectAlerts } from "../../store/alerts";
import { Slice } from "../../store/store";
import "./alert-row";
import { dismiss } from "./dismissal";
import { styles } from "./styles";

const KINDS = ["connection", "fault", "plate", "print", "system"] as const;
type Tab = "active" | "ended";

/** What came of asking for the ended ones. */
type Ended =
  | { readonly phase: "reading" }
  | { readonly phase: "read"; readonly alerts: readonly Alert[]; readonly cursor: string | null }
  | { readonly phase: "failed"; readonly reason: string };

/** Everything people were told of: what is so now, and what has been. */
@customElement("odin-alerts")
export class OdinAlerts extends LitElement {
  static override styles = styles;

  @consume({ context: servicesContext }) private readonly services!: Services;
  @state() private tab: Tab = "active";
  @state() private kind: Alert["kind"] | "" = "";
  @state() private ended: Ended = { phase: "reading" };
  /** The live revision at which the ended ones were read. */
  #readAt: number | null | undefined;
  readonly #active = new Slice(this, () => this.services.store, selectAlerts);
  readonly #topic = new Slice(this, () => this.services.store, (all) => all.live.alerts.revision);
  readonly #printers = new Slice(this, () => this.services.store, (all) => all.live.printers.items);
  readonly #mayDismiss = new Slice(
    this,
    () => this.services.store,
    ({ session }) => session.phase === "signed_in" && session.session.permissions.includes("manage:alerts"),
  );

  /** Whatever was dismissed, brought back or has ended meanwhile belongs into the list, or out of it. */
  protected override willUpdate(): void {
    const revision = this.#topic.value;
    if (revision === this.#readAt) return;
    this.#readAt = revision;
    if (this.tab === "ended" && this.ended.phase === "read") void this.#read();
  }

  protected override render() {
    const active = this.#active.value ?? [];
    const shown = active.filter(({ kind }) => this.kind === "" || kind === this.kind);
    return html`
      <odin-tabs
        .label=${t("alerts.title")}
        .value=${this.tab}
        .tabs=${[
          { id: "active", label: t("alerts.active"), count: active.length },
          { id: "ended", label: t("alerts.earlier") },
        ]}
        @odin-change=${this.#tabChosen}
      ></odin-tabs>
      <div class="tools">
        <odin-segmented
          .label=${t("alerts.kind")}
          .value=${this.kind}
          .options=${[
            { value: "", label: t("alerts.kind.all") },
            ...KINDS.map((value) => ({ value, label: word("alerts.kind", value) })),
          ]}
          @odin-change=${this.#kindChosen}
        ></odin-segmented>
        ${
          this.tab === "active" && this.#mayDismiss.value && shown.length > 1
            ? html`
                <button class="button" type="button" @click=${() => void this.#dismiss(shown)}>
                  ${t("alerts.dismiss_all")}
                </button>
              `
            : nothing
        }
      </div>
      ${this.tab === "active" ? this.#activeList(shown) : this.#endedList()}
    `;
  }

  #activeList(alerts: readonly Alert[]) {
    if (this.#topic.value == null) return this.#skeleton();
    if (alerts.length > 0) return this.#days(alerts);
    return html`
      <odin-empty .icon=${quiet} .heading=${this.kind === "" ? t("alerts.none") : t("alerts.none_of_kind")}>
        ${t("alerts.none.what")}
      </odin-empty>
    `;
  }

  #endedList() {
    const { ended } = this;
    if (ended.phase === "reading") return this.#skeleton();
    if (ended.phase === "failed") {
      return html`
        <odin-banner kind="failed">
          <b>${t("alerts.not_read")}</b> ${ended.reason}
          <button slot="action" class="button" type="button" @click=${this.#retried}>${t("page.again")}</button>
        </odin-banner>
      `;
    }
    if (ended.alerts.length === 0) {
      return html`<odin-empty .icon=${quiet} .heading=${t("alerts.none_earlier")}>${t("alerts.none_earlier.what")}</odin-empty>`;
    }
    return html`
      ${this.#days(ended.alerts)}
      ${
        ended.cursor === null
          ? nothing
          : html`<button class="button more" type="button" @click=${() => void this.#read(ended)}>${t("alerts.more")}</button>`
      }
    `;
  }

  #skeleton() {
    return html`<div class="card" aria-busy="true"><odin-skeleton .lines=${6}></odin-skeleton></div>`;
  }

  #days(alerts: readonly Alert[]) {
    const now = new Date();
    return repeat(
      byDay(alerts),
      ({ at }) => at,
      ({ at, alerts: those }) => html`
        <section class="card">
          <h2>${day(new Date(at), now)}</h2>
          <ul>
            ${repeat(
              those,
              ({ id }) => id,
              (alert) => html`<li>${this.#row(alert)}</li>`,
            )}
          </ul>
        </section>
      `,
    );
  }

  #row(alert: Alert) {
    return html`
      <odin-alert
        .alert=${alert}
        .mayDismiss=${this.tab === "active" && this.#mayDismiss.value === true}
        .hasPrinter=${alert.printer_id !== null && this.#printers.value?.[alert.printer_id] !== undefined}
        @odin-dismiss=${() => void this.#dismiss([alert])}
      ></odin-alert>
    `;
  }

  async #dismiss(alerts: readonly Alert[]): Promise<void> {
    await dismiss(
      this.services,
      alerts.map(({ id }) => id),
    );
  }

  /** Reads the ended ones anew, or those after what is shown. */
  async #read(before?: Extract<Ended, { phase: "read" }>): Promise<void> {
    const { kind } = this;
    try {
      const page = await readEndedAlerts(this.services.transport, kind, before?.cursor ?? null);
      if (kind !== this.kind) return;
      this.ended = { phase: "read", alerts: [...(before?.alerts ?? []), ...page.items], cursor: page.next_cursor };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.ended = { phase: "failed", reason: error.message };
    }
  }

  readonly #tabChosen = (event: CustomEvent<{ value: Tab }>): void => {
    this.tab = event.detail.value;
    this.#readAnew();
  };

  readonly #kindChosen = (event: CustomEvent<{ value: Alert["kind"] | "" }>): void => {
    this.kind = event.detail.value;
    this.#readAnew();
  };

  readonly #retried = (): void => {
    this.#readAnew();
  };

  #readAnew(): void {
    if (this.tab !== "ended") return;
    this.ended = { phase: "reading" };
    void this.#read();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-alerts": OdinAlerts;
  }
}
