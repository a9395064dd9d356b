import { LitElement, css, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { t, word } from "../../localize";
import type { Press } from "../../store/presses";
import { base, buttons } from "../../theme/controls";
import "../icon/icon";
import { check, close } from "../icon/icons";
import { ringStyles } from "./ring";

/**
 * A button that says what became of its press: on its way, taken and waited for, shown by the printer, or refused and why.
 *
 * Properties: `press`, `kind`, `icon` (path), `label` (for a button without text), `disabled`, `reason` (why). Slots:
 * default (the text). Events: `click` (only while it can be pressed), `odin-forget` (the failure was read).
 */
@customElement("odin-press")
export class OdinPress extends LitElement {
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [
    base,
    buttons,
    ringStyles,
    css`
      :host {
        display: inline-grid;
        gap: 6px;
        min-width: 0;
        max-width: 100%;
      }

      .button {
        width: 100%;
      }

      .button.icon-only {
        width: 38px;
      }

      .button.blocked {
        opacity: 0.6;
        cursor: not-allowed;
      }

      /* Where there is no icon to take the place of, it lies over the text: the width stays. */
      .over {
        position: absolute;
        inset: 0;
        display: grid;
        place-items: center;
      }

      .button:has(.over) slot {
        visibility: hidden;
      }

      .note {
        display: flex;
        gap: 2px;
        align-items: flex-start;
        max-width: 44ch;
        color: var(--o-text-2);
        font-size: var(--o-t-b);
        overflow-wrap: anywhere;
      }

      .note.failed {
        color: var(--o-failed-text);
        font-weight: var(--o-w-m);
      }

      .note .button {
        flex: none;
        width: 24px;
        min-height: 24px;
        color: inherit;
        --icon-size: 16px;
      }

      @media (pointer: coarse), (max-width: 699px) {
        .button.icon-only {
          width: var(--o-touch);
        }
      }
    `,
  ];

  @property({ attribute: false }) press: Press = { phase: "rest" };
  @property() kind: "" | "primary" | "plain" | "danger" | "outline-danger" = "";
  @property({ attribute: false }) icon = "";
  @property() label = "";
  @property({ type: Boolean }) disabled = false;
  @property() reason = "";
  /** A finger cannot hover over a tooltip: pressing a blocked button tells the reason. */
  @state() private isAsked = false;
  @query("button") private readonly button!: HTMLButtonElement;

  constructor() {
    super();
    this.addEventListener("click", this.#guard);
  }

  protected override render() {
    const { phase } = this.press;
    const isOnItsWay = phase === "sending" || phase === "sent";
    const isBlocked = this.disabled;
    return html`
      <button
        class="button ${this.kind} ${this.label ? "icon-only" : ""} ${isBlocked ? "blocked" : ""}"
        type="button"
        title=${isBlocked ? this.reason : this.label}
        aria-label=${this.label || nothing}
        aria-disabled=${isBlocked || isOnItsWay ? "true" : "false"}
        aria-description=${isBlocked && this.reason ? this.reason : nothing}
      >
        ${this.#picture()}<slot></slot>
      </button>
      <span class="vh" role="status">${phase === "rest" || phase === "failed" ? nothing : word("press", phase)}</span>
      ${this.#note()}
    `;
  }

  #picture() {
    const { phase } = this.press;
    if (phase === "rest" || phase === "failed") {
      return this.icon ? html`<odin-icon .path=${this.icon}></odin-icon>` : nothing;
    }
    const mark =
      phase === "confirmed"
        ? html`<odin-icon .path=${check}></odin-icon>`
        : html`<i class="ring" data-phase=${phase}></i>`;
    return this.icon ? mark : html`<span class="over">${mark}</span>`;
  }

  #note() {
    if (this.press.phase === "failed") {
      return html`
        <p class="note failed" role="alert">
          <span>${this.press.reason}</span>
          <button class="button plain" type="button" aria-label=${t("press.forget")} @click=${this.#forgotten}>
            <odin-icon .path=${close}></odin-icon>
          </button>
        </p>
      `;
    }
    return this.disabled && this.isAsked && this.reason ? html`<p class="note" role="status">${this.reason}</p>` : nothing;
  }

  /** Registered before anybody else's: only the button's own click leaves the element, and only while it may be pressed. */
  readonly #guard = (event: Event): void => {
    const { phase } = this.press;
    const isOurs = event.composedPath().includes(this.button);
    if (isOurs && !this.disabled && phase !== "sending" && phase !== "sent") return;
    event.stopImmediatePropagation();
    if (isOurs) this.isAsked = this.disabled && !this.isAsked;
  };

  readonly #forgotten = (): void => {
    this.dispatchEvent(new CustomEvent("odin-forget"));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-press": OdinPress;
  }
}
