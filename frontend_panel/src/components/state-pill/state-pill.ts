import { LitElement, css, html } from "lit";
import { customElement, property } from "lit/decorators.js";

import { base } from "../../theme/controls";
import "../icon/icon";
import {
  failed,
  finished,
  idle,
  offline,
  pause,
  plate,
  preparing,
  printing,
  unknown,
  warning,
} from "../icon/icons";

export const SILHOUETTES = {
  idle,
  preparing,
  printing,
  paused: pause,
  attention: warning,
  failed,
  cancelled: failed,
  finished,
  plate,
  offline,
  unknown,
} as const;

/** How a state looks; every one has a silhouette and a word beside its hue. */
export type Look = keyof typeof SILHOUETTES;

/** What a state is coloured with: `--hue` for shapes, `--ink` for words. The host says which with `look`. */
export const hues = css`
  :host {
    --hue: var(--o-idle);
    --ink: var(--o-idle-text);
  }

  :host([look="printing"]),
  :host([look="preparing"]) {
    --hue: var(--o-printing);
    --ink: var(--o-printing-text);
  }

  :host([look="paused"]) {
    --hue: var(--o-paused);
    --ink: var(--o-paused-text);
  }

  :host([look="attention"]) {
    --hue: var(--o-attention);
    --ink: var(--o-attention-text);
  }

  :host([look="failed"]) {
    --hue: var(--o-failed);
    --ink: var(--o-failed-text);
  }

  :host([look="finished"]),
  :host([look="plate"]) {
    --hue: var(--o-finished);
    --ink: var(--o-finished-text);
  }

  :host([look="offline"]) {
    --hue: var(--o-offline);
    --ink: var(--o-offline-text);
  }
`;

/**
 * A printer's state: silhouette, word, hue. Over a picture it brings its own dark ground.
 *
 * Properties: `look`, `label`, `isGlass` (attribute `glass`: it lies over a picture).
 */
@customElement("odin-state-pill")
export class OdinStatePill extends LitElement {
  static override styles = [
    base,
    hues,
    css`
      :host {
        --icon-size: 15px;
        display: inline-flex;
        align-items: center;
        gap: 5px;
        max-width: 100%;
        height: 24px;
        padding: 0 9px 0 7px;
        border-radius: var(--o-r-pill);
        background: color-mix(in srgb, var(--hue) var(--o-tint), var(--o-card));
        color: var(--ink);
        font-size: var(--o-t-s);
        font-weight: var(--o-w-b);
      }

      /* A picture can have any colour: the ground is dark in both themes, the hue stays in the silhouette. */
      :host([glass]) {
        background: rgba(14, 18, 22, 0.78);
        color: #fff;
      }

      :host([glass]) odin-icon {
        color: color-mix(in srgb, var(--hue) 62%, #fff);
      }

      @media (forced-colors: active) {
        :host {
          border: 1px solid;
        }
      }
    `,
  ];

  @property({ reflect: true }) look: Look = "unknown";
  @property() label = "";
  @property({ type: Boolean, reflect: true, attribute: "glass" }) isGlass = false;

  protected override render() {
    return html`<odin-icon .path=${SILHOUETTES[this.look]}></odin-icon><span class="clip">${this.label}</span>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-state-pill": OdinStatePill;
  }
}
