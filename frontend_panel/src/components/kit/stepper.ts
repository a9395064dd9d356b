import { LitElement, css, html } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";

import { t, word } from "../../localize";
import type { Press } from "../../store/presses";
import { base } from "../../theme/controls";
import "../icon/icon";
import { minus, plus } from "../icon/icons";
import { stepped, typedNumber } from "./steps";

/** Long enough to press three times, short enough to be felt as at once. */
const SETTLES_MS = 700;

/**
 * A set-point with a minus and a plus. It commits a moment after the last press, at Enter, and when it is left.
 *
 * Properties: `value` (`null` is off or unknown, drawn as `empty`), `min`, `max`, `step`, `start` (where the steps begin without a value; `min` if not said), `unit`, `label`, `empty`,
 * `disabled`, `reason`, `phase` (of the press it causes). Events: `odin-change` (`detail.value`).
 */
@customElement("odin-stepper")
export class OdinStepper extends LitElement {
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [
    base,
    css`
      :host {
        position: relative;
        display: inline-flex;
        align-items: center;
        height: 36px;
        border: 1px solid var(--o-line-strong);
        border-radius: var(--o-r-control);
        background: var(--o-sunken);
      }

      :host([phase="sending"]),
      :host([phase="sent"]) {
        border-color: var(--o-accent);
        border-style: dashed;
      }

      :host([phase="confirmed"]) {
        border-color: var(--o-finished);
      }

      :host([phase="failed"]) {
        border-color: var(--o-failed);
      }

      :host([disabled]) {
        opacity: 0.55;
      }

      button {
        position: relative;
        display: grid;
        place-items: center;
        width: 34px;
        height: 100%;
        padding: 0;
        border: 0;
        background: none;
        color: inherit;
        cursor: pointer;
        --icon-size: 18px;
      }

      button::after {
        content: "";
        position: absolute;
        inset: calc((36px - var(--o-touch)) / 2) 0;
      }

      button:hover:not([disabled]) {
        background: var(--o-hover);
      }

      button[disabled] {
        opacity: 0.45;
        cursor: default;
      }

      input {
        width: 62px;
        height: 100%;
        padding: 0;
        border: 0;
        background: none;
        color: inherit;
        font: inherit;
        text-align: center;
      }

      input.draft {
        font-weight: var(--o-w-b);
      }

      @media (pointer: coarse), (max-width: 699px) {
        :host {
          height: var(--o-touch);
        }

        button {
          width: var(--o-touch);
        }

        input {
          width: 74px;
          font-size: 16px;
        }
      }
    `,
  ];

  @property({ type: Number }) value: number | null = null;
  @property({ type: Number }) min = 0;
  @property({ type: Number }) max = 100;
  @property({ type: Number }) step = 1;
  @property({ type: Number }) start: number | undefined;
  @property() unit = "";
  @property() label = "";
  @property() empty = t("kit.off");
  @property({ type: Boolean, reflect: true }) disabled = false;
  @property() reason = "";
  @property({ reflect: true }) phase: Press["phase"] = "rest";
  /** What was pressed or typed and is not committed yet. */
  @state() private draft: string | undefined;
  /** What was committed last: shown while it is on its way, and not sent a second time when the field is left. */
  @state() private wanted: number | undefined;
  @query("input") private readonly input!: HTMLInputElement;
  #timer: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.draft = undefined;
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    const isOnItsWay = this.phase === "sending" || this.phase === "sent";
    if (changed.has("value") || (changed.has("phase") && !isOnItsWay)) this.wanted = undefined;
  }

  protected override render() {
    const now = this.#now();
    return html`
      ${this.#button(-1, minus, now !== null && now <= this.min)}
      <input
        class=${this.draft === undefined ? "" : "draft"}
        type="text"
        inputmode="decimal"
        role="spinbutton"
        autocomplete="off"
        aria-label=${this.label}
        aria-valuemin=${this.min}
        aria-valuemax=${this.max}
        aria-valuenow=${now ?? this.min}
        aria-valuetext=${this.#text(now)}
        aria-describedby="note"
        title=${this.disabled ? this.reason : ""}
        ?disabled=${this.disabled}
        .value=${live(this.draft ?? this.#text(now))}
        @focus=${this.#focused}
        @input=${this.#typed}
        @keydown=${this.#keyed}
        @blur=${this.#commit}
      />
      ${this.#button(1, plus, now !== null && now >= this.max)}
      <span id="note" class="vh">${this.#note()}</span>
    `;
  }

  #button(steps: number, icon: string, isAtEnd: boolean) {
    return html`
      <button
        type="button"
        tabindex="-1"
        aria-label=${steps > 0 ? t("kit.more", { label: this.label }) : t("kit.less", { label: this.label })}
        ?disabled=${this.disabled || isAtEnd}
        @click=${() => {
          this.#move(steps);
        }}
      >
        <odin-icon .path=${icon}></odin-icon>
      </button>
    `;
  }

  #note(): string {
    if (this.disabled) return this.reason;
    return this.phase === "rest" ? "" : word("press", this.phase);
  }

  /** The number that stands there, committed or not. */
  #now(): number | null {
    const isOnItsWay = this.phase === "sending" || this.phase === "sent";
    const known = isOnItsWay ? (this.wanted ?? this.value) : this.value;
    return this.draft === undefined ? known : (typedNumber(this.draft, this) ?? known);
  }

  #text(value: number | null): string {
    return value === null ? this.empty : `${value}${this.unit}`;
  }

  #move(steps: number): void {
    this.wanted = undefined;
    this.draft = String(stepped(this.#now(), steps, this, this.start ?? this.min));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#commit, SETTLES_MS);
  }

  readonly #focused = (): void => {
    this.draft ??= this.value === null ? "" : String(this.value);
    void this.updateComplete.then(() => {
      this.input.select();
    });
  };

  readonly #typed = (): void => {
    this.wanted = undefined;
    clearTimeout(this.#timer);
    this.draft = this.input.value;
  };

  readonly #keyed = (event: KeyboardEvent): void => {
    const steps = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (steps !== undefined) {
      event.preventDefault();
      this.#move(steps);
    } else if (event.key === "Enter") {
      this.#commit();
      void this.updateComplete.then(() => {
        this.input.select();
      });
    } else if (event.key === "Escape" && this.draft !== undefined && this.draft !== String(this.value ?? "")) {
      // The first Escape takes the typing back; the next one is the drawer's.
      event.stopPropagation();
      event.preventDefault();
      clearTimeout(this.#timer);
      this.draft = String(this.value ?? "");
    }
  };

  readonly #commit = (): void => {
    clearTimeout(this.#timer);
    const value = this.draft === undefined ? undefined : typedNumber(this.draft, this);
    this.draft = undefined;
    if (value === undefined || value === this.value || value === this.wanted) return;
    this.wanted = value;
    this.dispatchEvent(new CustomEvent("odin-change", { detail: { value } }));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-stepper": OdinStepper;
  }
}
