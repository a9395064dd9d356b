import { css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { checkPrinter, confirmCertificate, readCertificate } from "../../api/upkeep";
import { ApiError } from "../../api/transport";
import type { CertificateStatus, Checked } from "../../api/types";
import "../../components/banner/banner";
import "../../components/check-list/check-list";
import { fingerprint } from "../../components/check-list/fingerprint";
import { confirm } from "../../components/kit/confirm";
import "../../components/kit/press";
import { t } from "../../localize";
import { base, buttons, cards } from "../../theme/controls";
import { addressOf, followed } from "../app/place";
import { PrinterSection } from "./section";

const SETTINGS = { page: "settings", section: "printers" } as const;

/**
 * How well the printer is heard, and what helps where it is not: why, the remedy, a check step by step, and a changed
 * certificate to compare. Also who may tell it anything.
 *
 * Properties: `printer`, `isInSettings` (it stands there already: no way there).
 */
@customElement("odin-printer-connection")
export class OdinPrinterConnection extends PrinterSection {
  static override styles = [
    base,
    buttons,
    cards,
    css`
      :host {
        display: grid;
        gap: var(--o-3);
        min-width: 0;
      }

      .certificate {
        display: grid;
        gap: 12px;
        justify-items: start;
        border-color: color-mix(in srgb, var(--o-attention) 50%, var(--o-line));
      }

      dt {
        color: var(--o-text-2);
        font-size: var(--o-t-s);
      }

      dd {
        font: var(--o-t-b) / 1.5 var(--o-mono);
        overflow-wrap: anywhere;
      }

      dl {
        display: grid;
        gap: 8px;
      }

      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }

      .failed {
        color: var(--o-failed-text);
      }
    `,
  ];

  @property({ type: Boolean, attribute: "is-in-settings" }) isInSettings = false;
  @state() private certificate: CertificateStatus | undefined;
  @state() private problem = "";
  @state() private checked: Checked | undefined;
  #asked = "";

  protected override willUpdate(): void {
    const { printer } = this;
    const asks = printer.link === "certificate_changed" && this.hearsEngine ? printer.id : "";
    if (asks !== this.#asked) {
      this.#asked = asks;
      this.certificate = undefined;
      if (asks) void this.#read();
    }
    if (printer.link === "online") this.checked = undefined;
  }

  protected override isEmpty(): boolean {
    const { printer } = this;
    const isQuiet = printer.link === "online" && !printer.is_observe_only && printer.control !== "refused";
    return isQuiet && !printer.is_in_maintenance;
  }

  protected override render() {
    return html`${this.#link()} ${this.#certificate()} ${this.#checks()} ${this.#modes()}`;
  }

  #link() {
    const { link, link_text: text, link_remedy: remedy } = this.printer;
    if (link === "online") return nothing;
    const kind = link === "unauthorised" || link === "certificate_changed" ? "warning" : "offline";
    const isOff = link === "disabled";
    return html`
      <odin-banner .kind=${kind}>
        <b>${text}</b> ${remedy ?? nothing}
        ${
          this.may("manage:printers")
            ? html`
                <div slot="action" class="buttons">
                  ${isOff ? nothing : this.#check()}
                  ${
                    this.isInSettings
                      ? nothing
                      : html`<a class="button plain" href=${addressOf(SETTINGS)} @click=${followed(SETTINGS)}>${t("connection.settings")}</a>`
                  }
                </div>
              `
            : nothing
        }
      </odin-banner>
    `;
  }

  #check() {
    return html`
      <odin-press
        .press=${this.presses.of("check")}
        .disabled=${!this.hearsEngine}
        .reason=${t("lock.not_live")}
        @click=${this.#runCheck}
        @odin-forget=${() => {
          this.presses.forget("check");
        }}
        >${t("connection.check")}</odin-press
      >
    `;
  }

  #checks() {
    if (!this.checked) return nothing;
    return html`<div class="card" role="status"><odin-check-list .checks=${this.checked.checks}></odin-check-list></div>`;
  }

  #certificate() {
    if (this.printer.link !== "certificate_changed") return nothing;
    const { certificate } = this;
    if (!certificate) return this.problem ? html`<p class="failed" role="alert">${this.problem}</p>` : nothing;
    const { pinned_sha256: pinned, found_sha256: found, is_vendor_signed: isSigned } = certificate;
    return html`
      <section class="card certificate">
        <p>${t("connection.compare")}</p>
        <dl>
          <div><dt>${t("connection.pinned")}</dt><dd>${fingerprint(pinned) || t("connection.none")}</dd></div>
          <div><dt>${t("connection.found")}</dt><dd>${fingerprint(found) || t("connection.none")}</dd></div>
        </dl>
        ${
          isSigned === null
            ? nothing
            : html`<p>${isSigned ? t("connection.vendor_signed") : t("connection.vendor_unsigned")}. ${t("connection.keep")}</p>`
        }
        ${pinned !== null && found !== null ? this.#trust(pinned, found) : html`<p>${t("connection.confirm.fail")}</p>`}
      </section>
    `;
  }

  #trust(pinned: string, found: string) {
    if (!this.may("control:printers")) return html`<p class="sub">${t("lock.permission")}</p>`;
    return html`
      <odin-press
        .press=${this.presses.of("trust")}
        @click=${() => this.#trusted(pinned, found)}
        @odin-forget=${() => {
          this.presses.forget("trust");
        }}
        >${t("connection.confirm")}</odin-press
      >
    `;
  }

  #modes() {
    const { is_observe_only: isObserved, control, is_in_maintenance: isOut, maintenance_note: note } = this.printer;
    return html`
      ${
        isObserved
          ? html`<odin-banner kind="info"><b>${t("printer.observe_only")}</b> ${t("printer.observe_only.what")}</odin-banner>`
          : control === "refused"
            ? html`<odin-banner kind="warning"><b>${t("printer.refused")}</b> ${t("printer.refused.what")}</odin-banner>`
            : nothing
      }
      ${
        isOut
          ? html`<odin-banner kind="info"><b>${t("service.maintenance")}.</b> ${note || t("service.maintenance.on")}</odin-banner>`
          : nothing
      }
    `;
  }

  async #read(): Promise<void> {
    try {
      this.certificate = await readCertificate(this.transport, this.printer.id);
      this.problem = "";
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = error.message;
    }
  }

  readonly #runCheck = (): void => {
    void this.presses.press("check", async () => {
      this.checked = await checkPrinter(this.transport, this.printer.id);
    });
  };

  async #trusted(pinned: string, found: string): Promise<void> {
    const question = {
      heading: t("connection.confirm"),
      text: t("connection.confirm.text", { name: this.printer.name }),
      label: t("connection.confirm"),
    };
    if (!(await confirm(this, question))) return;
    await this.presses.press(
      "trust",
      () => confirmCertificate(this.transport, this.printer.id, pinned, found),
      () => this.printer.link !== "certificate_changed",
    );
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-connection": OdinPrinterConnection;
  }
}
