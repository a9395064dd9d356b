/** Where a floating sheet goes: under its anchor, over it where there is no room, and always inside the window. */

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Spot {
  readonly left: number;
  readonly top: number;
}

const GAP_PX = 8;
const MARGIN_PX = 8;

/** Returns the corner of the sheet; `end` lines up the right edges, `start` the left ones. */
export function placed(anchor: Box, sheet: Size, window: Size, align: "start" | "end"): Spot {
  const left = align === "start" ? anchor.left : anchor.left + anchor.width - sheet.width;
  const below = anchor.top + anchor.height + GAP_PX;
  const above = anchor.top - GAP_PX - sheet.height;
  const fits = below + sheet.height + MARGIN_PX <= window.height;
  return {
    left: within(left, window.width - sheet.width),
    top: within(fits || above < MARGIN_PX ? below : above, window.height - sheet.height),
  };
}

function within(value: number, room: number): number {
  return Math.max(MARGIN_PX, Math.min(value, room - MARGIN_PX));
}
