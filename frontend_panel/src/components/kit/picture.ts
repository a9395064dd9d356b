import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { t } from "../../localize";
import { base } from "../../theme/controls";
import "../icon/icon";
import { noPicture } from "../icon/icons";

/**
 * A picture that comes over the network: a shape while it loads, the one before while the next one loads, and words where
 * there is none.
 *
 * Properties: `src` (`undefined` is not known yet, `null` is none), `alt`, `isStale` (loses its colour), `empty` (words for
 * none), `fit` (`cover` or `contain`). Slots: `age` (over the corner), default (over the picture). Events: `odin-load`,
 * `odin-error`. CSS: `--ratio`, or the host's own height.
 */
@customElement("odin-picture")
export class OdinPicture extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        position: relative;
        display: block;
        overflow: hidden;
        aspect-ratio: var(--ratio, 16 / 9);
        background: var(--o-sunken);
      }

      img {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        object-fit: cover;
      }

      :host([fit="contain"]) img {
        background: var(--o-model);
        object-fit: contain;
      }

      :host([stale]) img {
        filter: grayscale(1) contrast(0.85);
        opacity: 0.7;
      }

      .words {
        position: absolute;
        inset: 0;
        display: grid;
        place-content: center;
        justify-items: center;
        gap: 6px;
        padding: 8px;
        color: var(--o-text-2);
        font-size: var(--o-t-b);
        text-align: center;
      }

      .loading {
        position: absolute;
        inset: 0;
        background: var(--o-track);
      }

      .age {
        position: absolute;
        right: 8px;
        bottom: 8px;
      }

      .age ::slotted(*) {
        display: inline-block;
        padding: 2px 9px;
        border-radius: var(--o-r-pill);
        background: rgba(16, 18, 20, 0.74);
        color: #fff;
        font-size: var(--o-t-s);
      }
    `,
  ];

  @property() src: string | null | undefined;
  @property() alt = "";
  @property({ type: Boolean, attribute: "stale", reflect: true }) isStale = false;
  @property() empty = t("picture.none");
  @property({ reflect: true }) fit: "cover" | "contain" = "cover";
  /** The address that shows; it follows `src` once that is loaded. */
  @state() private shown: string | undefined;
  @state() private hasFailed = false;

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has("src")) return;
    this.hasFailed = false;
    if (typeof this.src === "string" && this.src !== "") this.#load(this.src);
    else this.shown = undefined;
  }

  protected override render() {
    return html`${this.#content()}<slot></slot><span class="age"><slot name="age"></slot></span>`;
  }

  #content() {
    if (this.shown !== undefined) return html`<img src=${this.shown} alt=${this.alt} draggable="false" />`;
    if (this.hasFailed) return this.#words(t("picture.failed"));
    if (this.src === null || this.src === "") return this.#words(this.empty);
    return html`<div class="loading" role="img" aria-label=${t("picture.loading")}></div>`;
  }

  #words(text: string) {
    return html`
      <div class="words">
        <odin-icon .path=${noPicture}></odin-icon>${text ? html`<span>${text}</span>` : nothing}
      </div>
    `;
  }

  /** Decodes it aside first: a picture that is renewed every few seconds must not flash. */
  #load(src: string): void {
    const image = new Image();
    image.src = src;
    image.decode().then(
      () => {
        if (this.src !== src) return;
        this.shown = src;
        this.dispatchEvent(new CustomEvent("odin-load"));
      },
      () => {
        if (this.src !== src) return;
        this.shown = undefined;
        this.hasFailed = true;
        this.dispatchEvent(new CustomEvent("odin-error"));
      },
    );
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-picture": OdinPicture;
  }
}
