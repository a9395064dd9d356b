import { css, html, nothing } from "lit";
import { customElement } from "lit/decorators.js";

import { pausePrint, resumePrint, stopPrint } from "../../api/control";
import { pause, play, skipped, stop } from "../../components/icon/icons";
import { confirm } from "../../components/kit/confirm";
import "../../components/kit/press";
import { isRunning, jobName } from "../../components/printer-tile/summary";
import { t } from "../../localize";
import { base } from "../../theme/controls";
import { stopText } from "./job-text";
import { PrinterSection } from "./section";

interface Button {
  readonly kind: "pause" | "resume" | "stop";
  readonly look: "" | "primary" | "outline-danger";
  readonly icon: string;
  readonly label: string;
  readonly run: () => unknown;
}

/**
 * Pause, resume, stop, and the way to skipping objects. Nothing while nothing runs.
 *
 * Properties: `printer`. Events: `odin-show-objects` (somebody wants to skip some).
 */
@customElement("odin-printer-actions")
export class OdinPrinterActions extends PrinterSection {
  static override styles = [
    base,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        align-items: flex-start;
      }

      odin-press {
        flex: 1 1 auto;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", t("printer.actions"));
  }

  protected override render() {
    if (!isRunning(this.printer)) return nothing;
    return html`${this.printer.activity === "paused" ? this.#resume() : this.#pause()} ${this.#skip()} ${this.#stop()}`;
  }

  #pause() {
    const run = () =>
      this.presses.press(
        "pause",
        () => pausePrint(this.transport, this.printer.id),
        () => this.printer.activity === "paused",
      );
    return this.#button({ kind: "pause", look: "", icon: pause, label: t("job.pause"), run });
  }

  #resume() {
    const run = () =>
      this.presses.press(
        "resume",
        () => resumePrint(this.transport, this.printer.id),
        () => this.printer.activity !== "paused",
      );
    return this.#button({ kind: "resume", look: "primary", icon: play, label: t("job.resume"), run });
  }

  #stop() {
    const run = () => this.#askedToStop();
    return this.#button({ kind: "stop", look: "outline-danger", icon: stop, label: t("job.stop.button"), run });
  }

  #button({ kind, look, icon, label, run }: Button) {
    if (!this.can(kind)) return nothing;
    const lock = this.lock(kind);
    return html`
      <odin-press
        .press=${this.presses.of(kind)}
        .kind=${look}
        .icon=${icon}
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

  #skip() {
    if (!this.can("skip_objects")) return nothing;
    return html`
      <odin-press
        .icon=${skipped}
        @click=${() => {
          this.dispatchEvent(new CustomEvent("odin-show-objects", { bubbles: true, composed: true }));
        }}
        >${t("job.skip")}</odin-press
      >
    `;
  }

  async #askedToStop(): Promise<void> {
    const question = {
      heading: t("job.stop.question", { name: jobName(this.printer) }),
      text: stopText(this.printer),
      label: t("job.stop"),
      isDangerous: true,
    };
    if (!(await confirm(this, question))) return;
    await this.presses.press(
      "stop",
      () => stopPrint(this.transport, this.printer.id),
      () => !isRunning(this.printer),
    );
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-actions": OdinPrinterActions;
  }
}
