import { LitElement, css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";

import "../../components/icon/icon";
import { close, failed, finished, info, preparing, refresh, upload } from "../../components/icon/icons";
import { t } from "../../localize";
import { megabytes, percent } from "../../localize/format";
import type { Sending, UploadPhase } from "../../store/uploads";
import { base, buttons } from "../../theme/controls";

const ICONS: Readonly<Record<UploadPhase, string>> = { waiting: preparing, sending: upload, putting: upload, done: finished, failed };

/**
 * Files on their way to a printer: how far each is, what went wrong, and calling it off.
 *
 * Properties: `uploads`. Events: `odin-cancel`, `odin-again`, `odin-forget` (`detail.id`).
 */
@customElement("odin-file-uploads")
export class OdinFileUploads extends LitElement {
  static override styles = [
    base,
    buttons,
    css`
      :host {
        display: block;
        min-width: 0;
        margin-bottom: 8px;
      }

      li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        gap: 2px 10px;
        align-items: center;
        padding: 8px 4px 10px 12px;
        border-radius: var(--o-r-in);
        background: var(--o-sunken);
        font-size: var(--o-t-b);
      }

      li + li {
        margin-top: 6px;
      }

      li > odin-icon {
        color: var(--o-text-2);
      }

      [data-phase="done"]:not(.told) > odin-icon {
        color: var(--o-finished);
      }

      [data-phase="failed"] > odin-icon {
        color: var(--o-failed);
      }

      .name {
        display: grid;
        min-width: 0;
      }

      .actions {
        display: flex;
        gap: 2px;
      }

      .reason {
        grid-column: 2 / -1;
        padding-right: 8px;
        overflow-wrap: anywhere;
      }

      [data-phase="failed"] .reason {
        color: var(--o-failed-text);
        font-weight: var(--o-w-m);
      }

      progress {
        grid-column: 2 / -1;
        width: calc(100% - 8px);
        height: 6px;
        margin-top: 4px;
        overflow: hidden;
        border: 0;
        border-radius: var(--o-r-pill);
        background: var(--o-track);
        appearance: none;
      }

      progress::-webkit-progress-bar {
        background: var(--o-track);
      }

      progress::-webkit-progress-value {
        background: var(--o-printing);
      }

      progress::-moz-progress-bar {
        background: var(--o-printing);
      }

      @media (forced-colors: active) {
        progress {
          appearance: auto;
        }
      }
    `,
  ];

  @property({ attribute: false }) uploads: readonly Sending[] = [];

  protected override render() {
    return html`
      <ul aria-label=${t("files.on_their_way")}>
        ${this.uploads.map((each) => this.#row(each))}
      </ul>
    `;
  }

  #row(each: Sending) {
    const { phase, name, reason, share } = each;
    const isMoving = phase === "sending" || phase === "putting";
    const isTold = phase === "done" && reason !== "";
    return html`
      <li data-phase=${phase} class=${isTold ? "told" : ""}>
        <odin-icon .path=${isTold ? info : ICONS[phase]}></odin-icon>
        <span class="name">
          <b class="clip" title=${name}>${name}</b>
          <small class="sub" role="status">${where(each)}</small>
        </span>
        <span class="actions">${this.#actions(each)}</span>
        ${isMoving ? html`<progress max="1" .value=${share} aria-label=${t("files.progress", { name })}></progress>` : nothing}
        ${reason ? html`<p class="reason" role="alert">${reason}</p>` : nothing}
      </li>
    `;
  }

  #actions({ id, name, phase, isCancelling, isRepeatable }: Sending) {
    if (phase === "failed" || phase === "done") {
      return html`
        ${phase === "failed" && isRepeatable ? this.#action("odin-again", id, t("files.again", { name }), refresh) : nothing}
        ${this.#action("odin-forget", id, t("files.forget", { name }), close)}
      `;
    }
    return this.#action("odin-cancel", id, t("files.cancel", { name }), close, isCancelling);
  }

  #action(event: string, id: number, label: string, icon: string, isOff = false) {
    return html`
      <button
        class="button plain icon-only"
        type="button"
        aria-label=${label}
        title=${label}
        ?disabled=${isOff}
        @click=${() => {
          this.dispatchEvent(new CustomEvent(event, { detail: { id } }));
        }}
      >
        <odin-icon .path=${icon}></odin-icon>
      </button>
    `;
  }
}

/** Says where a file is. */
function where({ phase, share, size, isCancelling }: Sending): string {
  if (isCancelling) return t("files.cancelling");
  switch (phase) {
    case "sending":
    case "putting":
      return t(`files.phase.${phase}`, { done: percent(share * 100), size: megabytes(size) });
    case "waiting":
    case "done":
    case "failed":
      return t(`files.phase.${phase}`);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-file-uploads": OdinFileUploads;
  }
}
