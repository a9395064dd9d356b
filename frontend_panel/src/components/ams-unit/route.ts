/** The way of the filament from the bays to the nozzle, drawn under them. */

import { html, nothing, svg } from "lit";

import type { Color } from "../filament-chip/color";
import { isExtreme } from "../filament-chip/color";

const HEIGHT = 30;
/** Each bay is this wide in the drawing, which is stretched to the bays. */
const BAY = 100;
const BUS_Y = 15;

/** Returns the path from one bay down to the exit in the middle. */
export function routePath(index: number, count: number): string {
  const [from, exit] = [(index + 0.5) * BAY, (count * BAY) / 2];
  return from === exit ? `M${from} 0V${HEIGHT}` : `M${from} 0V${BUS_Y}H${exit}V${HEIGHT}`;
}

/** Draws the ways of all bays; the one that is in use in the colour of its filament. */
export function route(count: number, filled: readonly boolean[], active: number, colors: readonly Color[]) {
  const path = active < 0 ? "" : routePath(active, count);
  const color = colors[0];
  return html`
    <svg class="route" viewBox="0 0 ${count * BAY} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      ${Array.from(
        { length: count },
        (_, i) => svg`<path class="way ${filled[i] ? "" : "unused"}" d=${routePath(i, count)}></path>`,
      )}
      ${path && (!color || isExtreme(color)) ? svg`<path class="casing" d=${path}></path>` : nothing}
      ${path ? svg`<path class="used" d=${path} stroke=${color?.css ?? "currentColor"}></path>` : nothing}
    </svg>
  `;
}
