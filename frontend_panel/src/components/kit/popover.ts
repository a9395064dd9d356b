import { LitElement, css, html, nothing } from "lit";
import { customElement, property, query } from "lit/decorators.js";

import { base } from "../../theme/controls";
import { placed } from "./placement";

const NATIVE = "showPopover" in HTMLElement.prototype;
const PHONE_BELOW_PX = 700;

/**
 * A sheet that unfolds at its anchor; from the bottom of the screen on phones. A press on the anchor toggles it, Escape
 * and a press elsewhere fold it (the browser's own popover). What it shows is drawn by the owner, who may wait for
 * `odin-open`.
 *
 * Properties: `label`, `kind` (`dialog` or `menu`), `align` (`start` or `end`), `isOpen` (attribute `open`, kept up to date). Slots: `anchor` (a
 * button), default. Events: `odin-open`, `odin-close`. Methods: `unfold()`, `fold()`. CSS: `--popover-width`.
 */
@customElement("odin-popover")
export class OdinPopover extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: inline-block;
      }

      .sheet {
        position: fixed;
        inset: var(--top, 0) auto auto var(--left, 0);
        z-index: 30;
        width: var(--popover-width, max-content);
        min-width: 200px;
        max-width: calc(100vw - 16px);
        max-height: calc(100dvh - 16px);
        margin: 0;
        padding: 8px;
        overflow: auto;
        overscroll-behavior: contain;
        border: 1px solid var(--o-line);
        border-radius: var(--o-r-card);
        background: var(--o-raised);
        box-shadow: var(--o-shadow);
        color: var(--o-text);
      }

      .sheet.plain:not(.open),
      .corner {
        display: none;
      }

      .sheet.plain + .corner {
        position: fixed;
        inset: 0 auto auto 0;
        display: block;
      }

      @media (max-width: 699px) {
        .sheet:not(.plain) {
          inset: auto 0 0;
        }

        .sheet {
          width: 100vw;
          max-width: none;
          max-height: 80dvh;
          padding-bottom: max(8px, var(--o-safe-bottom));
          border-width: 1px 0 0;
          border-radius: var(--o-r-card) var(--o-r-card) 0 0;
        }

        .sheet::backdrop {
          background: var(--o-scrim);
        }
      }
    `,
  ];

  @property() label = "";
  @property() kind: "dialog" | "menu" = "dialog";
  @property() align: "start" | "end" = "end";
  @property({ type: Boolean, attribute: "open", reflect: true }) isOpen = false;
  @query(".sheet") private readonly sheet!: HTMLElement;
  @query(".corner") private readonly corner!: HTMLElement;
  @query("slot[name=anchor]") private readonly anchorSlot!: HTMLSlotElement;
  /** What it shows may still grow after it unfolded. */
  readonly #resizes = new ResizeObserver(() => {
    this.#place();
  });
  /** The press that folded it by itself must not unfold it again. */
  #wasOpen = false;

  constructor() {
    super();
    this.addEventListener("pointerdown", this.#pressing, { capture: true });
    this.addEventListener("click", this.#clicked);
  }

  unfold(): void {
    this.isOpen = true;
  }

  /** Folds it and gives the focus back to the anchor. */
  fold(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#anchor()?.focus();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.isOpen = false;
    this.#resizes.disconnect();
    this.ownerDocument.removeEventListener("pointerdown", this.#pressedBeside);
  }

  protected override render() {
    return html`
      <slot name="anchor" @slotchange=${this.#mark}></slot>
      <div
        class="sheet ${NATIVE ? "" : "plain"} ${this.isOpen ? "open" : ""}"
        popover="auto"
        role=${this.kind === "menu" ? "presentation" : "dialog"}
        aria-label=${this.kind === "menu" ? nothing : this.label}
        @toggle=${this.#toggled}
        @keydown=${this.#keyed}
      >
        <slot @slotchange=${this.#place}></slot>
      </div>
      <i class="corner"></i>
    `;
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has("isOpen") || (changed.get("isOpen") === undefined && !this.isOpen)) return;
    this.#mark();
    if (NATIVE && this.isOpen !== this.sheet.matches(":popover-open")) {
      if (this.isOpen) this.sheet.showPopover();
      else this.sheet.hidePopover();
    }
    const aside = this.ownerDocument;
    if (this.isOpen) {
      this.#place();
      this.#resizes.observe(this.sheet);
      if (!NATIVE) aside.addEventListener("pointerdown", this.#pressedBeside);
    } else {
      this.#resizes.disconnect();
      aside.removeEventListener("pointerdown", this.#pressedBeside);
    }
    this.dispatchEvent(new CustomEvent(this.isOpen ? "odin-open" : "odin-close"));
  }

  #anchor(): HTMLElement | undefined {
    return this.anchorSlot.assignedElements()[0] as HTMLElement | undefined;
  }

  readonly #mark = (): void => {
    const anchor = this.#anchor();
    anchor?.setAttribute("aria-haspopup", this.kind);
    anchor?.setAttribute("aria-expanded", this.isOpen ? "true" : "false");
  };

  readonly #place = (): void => {
    const anchor = this.#anchor();
    if (!this.isOpen || !anchor) return;
    const { width, height } = this.sheet.getBoundingClientRect();
    const room = { width: this.ownerDocument.documentElement.clientWidth, height: innerHeight };
    const isAtBottom = !NATIVE && room.width < PHONE_BELOW_PX;
    const { left, top } = isAtBottom
      ? { left: 0, top: room.height - height }
      : placed(anchor.getBoundingClientRect(), { width, height }, room, this.align);
    // Browsers without popovers lay a fixed box out from the corner of a container around it, not of the window.
    const corner = this.corner.getBoundingClientRect();
    this.style.setProperty("--left", `${left - corner.left}px`);
    this.style.setProperty("--top", `${top - corner.top}px`);
  };

  readonly #pressing = (): void => {
    this.#wasOpen = this.isOpen;
  };

  readonly #clicked = (event: MouseEvent): void => {
    const anchor = this.#anchor();
    if (!anchor || !event.composedPath().includes(anchor)) return;
    // A press by keyboard has no pointer before it.
    this.isOpen = event.detail === 0 ? !this.isOpen : !this.#wasOpen;
  };

  /** The browser folded it: Escape, or a press elsewhere. */
  readonly #toggled = (event: Event): void => {
    this.isOpen = (event as ToggleEvent).newState === "open";
  };

  readonly #keyed = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    event.preventDefault();
    this.fold();
  };

  readonly #pressedBeside = (event: Event): void => {
    if (!event.composedPath().includes(this)) this.isOpen = false;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-popover": OdinPopover;
  }
}
