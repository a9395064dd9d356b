import { LitElement, css, html, svg } from "lit";
import { customElement, property } from "lit/decorators.js";

import { isExtreme, parseColor } from "../../components/filament-chip/color";
import { t } from "../../localize";
import { base } from "../../theme/controls";
import type { Part } from "./job-text";

/**
 * Which filaments a print uses, as a bar shared out by weight, with a word for each.
 *
 * Properties: `parts`.
 */
@customElement("odin-filament-strip")
export class OdinFilamentStrip extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        gap: 8px;
      }

      svg.bar {
        width: 100%;
        height: 14px;
        border-radius: 5px;
        background: var(--o-track);
      }

      ul {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        font-size: var(--o-t-s);
      }

      li {
        display: flex;
        gap: 6px;
        align-items: center;
      }

      li svg {
        width: 12px;
        height: 12px;
      }

      rect.edge {
        stroke: var(--o-swatch-edge);
      }

      rect.strong {
        stroke: var(--o-swatch-edge-strong);
      }
    `,
  ];

  @property({ attribute: false }) parts: readonly Part[] = [];

  protected override render() {
    let from = 0;
    const bars = this.parts.map((part) => {
      const x = from;
      from += part.share * 100;
      return svg`<rect x=${x} width=${Math.max(0, part.share * 100 - 0.3)} height="14" fill=${fill(part)}></rect>`;
    });
    return html`
      <svg class="bar" viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">${bars}</svg>
      <ul aria-label=${t("job.filament.label")}>
        ${this.parts.map((part) => html`<li>${this.#swatch(part)} ${part.label}</li>`)}
      </ul>
    `;
  }

  #swatch(part: Part) {
    const color = parseColor(part.color);
    const edge = color && isExtreme(color) ? "strong" : "edge";
    return html`
      <svg viewBox="0 0 12 12" aria-hidden="true">
        <rect class=${edge} x="0.5" y="0.5" width="11" height="11" rx="3" fill=${fill(part)}></rect>
      </svg>
    `;
  }
}

function fill(part: Part): string {
  return parseColor(part.color)?.css ?? "currentColor";
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-filament-strip": OdinFilamentStrip;
  }
}
