import { LitElement, css, html, nothing } from "lit";
import { customElement, property, queryAll } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { t } from "../../localize";
import type { Toast } from "../../store/toasts";
import { base, buttons } from "../../theme/controls";
import "../icon/icon";
import { close, failed, finished, info } from "../icon/icons";
import { allBars, clearOf } from "./bars";

const ICONS = { done: finished, failed, info } as const;

/** The one that is told; and one inside each open modal, where everything outside is dead to a press. The last one shows. */
const told = new Set<OdinToasts>();
const inModals = new Set<OdinToasts>();

function last(those: ReadonlySet<OdinToasts>): OdinToasts | undefined {
  return [...those].at(-1);
}

/**
 * Short news at the bottom of the page, pressable over an open dialog too: drawers and dialogs hold one with the attribute
 * `in-modal`, which shows what the first was given. It stands above the bars of `bars.ts`.
 *
 * Properties: `toasts`. Events: `odin-dismiss` (`detail.id`).
 */
@customElement("odin-toasts")
export class OdinToasts extends LitElement {
  static override styles = [
    base,
    buttons,
    css`
      :host {
        position: fixed;
        --usual: max(16px, var(--o-safe-bottom));
        inset: auto 0 max(var(--usual), var(--over, 0px)) 0;
        z-index: 40;
        display: grid;
        gap: 8px;
        justify-items: center;
        width: auto;
        height: auto;
        margin: 0;
        padding: 0 12px;
        border: 0;
        overflow: visible;
        background: none;
        pointer-events: none;
      }

      .toast {
        display: flex;
        gap: 10px;
        align-items: center;
        max-width: min(560px, 100%);
        min-height: 52px;
        padding: 4px 6px 4px 16px;
        border: 1px solid var(--o-line);
        border-radius: var(--o-r-card);
        background: var(--o-raised);
        box-shadow: var(--o-shadow);
        color: var(--o-text);
        pointer-events: auto;
      }

      .toast > span {
        flex: 1;
        padding: 8px 0;
        overflow-wrap: anywhere;
      }

      .toast > odin-icon {
        color: var(--o-text-2);
      }

      [data-kind="done"] > odin-icon {
        color: var(--o-finished);
      }

      [data-kind="failed"] > odin-icon {
        color: var(--o-failed);
      }

      .act {
        color: var(--o-accent-text);
        font-weight: var(--o-w-b);
      }

      @media (max-width: 699px) {
        :host {
          --usual: calc(72px + var(--o-safe-bottom));
        }
      }
    `,
  ];

  @property({ attribute: false }) toasts: readonly Toast[] = [];
  @queryAll(".toast") private readonly drawn!: NodeListOf<HTMLElement>;

  override connectedCallback(): void {
    super.connectedCallback();
    if (!this.hasAttribute("in-modal")) {
      this.setAttribute("role", "region");
      this.setAttribute("aria-label", t("toasts.label"));
    }
    // In the browser's top layer: a plain fixed element would lie under an open dialog.
    this.popover = "manual";
    (this.hasAttribute("in-modal") ? inModals : told).add(this);
    last(told)?.requestUpdate();
    allBars().addEventListener("changed", this.#stand);
    addEventListener("resize", this.#stand);
    addEventListener("scroll", this.#stand, { capture: true, passive: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    allBars().removeEventListener("changed", this.#stand);
    removeEventListener("resize", this.#stand);
    removeEventListener("scroll", this.#stand, { capture: true });
    inModals.delete(this);
    told.delete(this);
    last(told)?.requestUpdate();
  }

  protected override updated(): void {
    if (this === last(told)) for (const each of inModals) each.requestUpdate();
    if (typeof this.hidePopover !== "function") return;
    if (this.matches(":popover-open")) this.hidePopover();
    // Opened anew, it comes over whatever was opened since.
    if (this.#shown().length > 0) this.showPopover();
    this.#stand();
  }

  /** Above the bars that it would cover, which may come, go and move while it shows. */
  readonly #stand = (): void => {
    const toasts = [...this.drawn].map((toast) => toast.getBoundingClientRect());
    if (toasts.length === 0) return;
    this.style.setProperty("--over", "0px");
    const usual = parseFloat(getComputedStyle(this).bottom);
    const { top, bottom } = this.getBoundingClientRect();
    const [left, right] = [Math.min(...toasts.map((each) => each.left)), Math.max(...toasts.map((each) => each.right))];
    const bars = allBars().on(this.hasAttribute("in-modal") ? "modal" : "page");
    const boxes = bars.map((bar) => bar.getBoundingClientRect());
    const over = clearOf(boxes, { top, bottom, left, right }, usual, document.documentElement.clientHeight);
    this.style.setProperty("--over", `${over}px`);
  };

  #shown(): readonly Toast[] {
    return (last(inModals) ?? last(told)) === this ? (last(told)?.toasts ?? []) : [];
  }

  protected override render() {
    const shown = this.#shown();
    return html`
      <div class="vh" aria-live="polite">${shown.at(-1)?.text ?? ""}</div>
      ${repeat(
        shown,
        (toast) => toast.id,
        (toast) => html`
          <div class="toast" data-kind=${toast.kind}>
            <odin-icon .path=${ICONS[toast.kind]}></odin-icon>
            <span>${toast.text}</span>
            ${toast.action ? this.#action(toast.id, toast.action) : nothing}
            <button
              class="button plain icon-only"
              type="button"
              aria-label=${t("toasts.dismiss")}
              @click=${() => {
                this.#dismiss(toast.id);
              }}
            >
              <odin-icon .path=${close}></odin-icon>
            </button>
          </div>
        `,
      )}
    `;
  }

  #action(id: number, action: NonNullable<Toast["action"]>) {
    return html`
      <button
        class="button plain act"
        type="button"
        @click=${() => {
          this.#dismiss(id);
          action.run();
        }}
      >
        ${action.label}
      </button>
    `;
  }

  #dismiss(id: number): void {
    last(told)?.dispatchEvent(new CustomEvent("odin-dismiss", { detail: { id } }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-toasts": OdinToasts;
  }
}
