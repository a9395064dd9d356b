/** Filament colours as the engine sends them (`#RRGGBBAA`) and what a drawing needs to know about them. */

export interface Color {
  /** The opaque colour, `#rrggbb`. */
  readonly css: string;
  /** Whether one can look through the filament. */
  readonly isClear: boolean;
  /** Relative luminance, 0 black to 1 white (WCAG 2.2). */
  readonly luminance: number;
}

/** Below this alpha makers mean "transparent", not "a little faint". */
const CLEAR_BELOW = 0x90;
const NEAR_WHITE = 0.8;
const NEAR_BLACK = 0.02;
/** Where black and white are equally far: 4.58 to 1. */
const BREAK_EVEN = 0.179;

const FORM = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})?$/i;

/** Returns the colour, or `undefined` for text that is none. */
export function parseColor(text: string | null | undefined): Color | undefined {
  const parts = FORM.exec(text ?? "");
  if (!parts) return undefined;
  const [red = 0, green = 0, blue = 0] = parts.slice(1, 4).map((pair) => parseInt(pair, 16));
  const alpha = parseInt(parts[4] ?? "ff", 16);
  return {
    css: `#${parts.slice(1, 4).join("")}`.toLowerCase(),
    isClear: alpha < CLEAR_BELOW,
    luminance: 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue),
  };
}

/** Returns the ink that reads best on a colour. Nothing paler than black is far enough from every colour between. */
export function inkOn(color: Color): string {
  return color.luminance > BREAK_EVEN ? "#000000" : "#ffffff";
}

/** Whether a colour needs a strong edge: it would vanish on a light or a dark card. */
export function isExtreme(color: Color): boolean {
  return color.luminance > NEAR_WHITE || color.luminance < NEAR_BLACK;
}

/** Returns a CSS background for one or several colours. */
export function background(colors: readonly Color[], isGradient: boolean): string {
  const [first, ...others] = colors.map((color) => color.css);
  if (first === undefined) return "none";
  if (others.length === 0) return first;
  if (isGradient) return `linear-gradient(135deg, ${[first, ...others].join(", ")})`;
  const share = 100 / colors.length;
  const stops = colors.map((color, i) => `${color.css} ${i * share}% ${(i + 1) * share}%`);
  return `linear-gradient(135deg, ${stops.join(", ")})`;
}

function linear(byte: number): number {
  const part = byte / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}
