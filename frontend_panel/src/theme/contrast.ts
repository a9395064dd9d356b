/** How well one colour is seen on another, and what to make of colours that are not. Source: WCAG 2.2, 1.4.3 and 1.4.11. */

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

export const BLACK: Rgb = [0, 0, 0];
export const WHITE: Rgb = [255, 255, 255];
/** What text needs on its ground, and what a line or a ring that means something does. */
export const TEXT = 4.5;
export const LINE = 3;
const STEP = 0.04;

/** Returns the contrast of two colours, 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [bright, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (bright + 0.05) / (dark + 0.05);
}

/** Returns whether white is seen better on it than black. */
export function isDark(color: Rgb): boolean {
  return contrast(color, WHITE) > contrast(color, BLACK);
}

/** Returns a colour with that share of another laid over it. */
export function mixed(color: Rgb, other: Rgb, share: number): Rgb {
  const at = (index: 0 | 1 | 2) => Math.round(color[index] + (other[index] - color[index]) * share);
  return [at(0), at(1), at(2)];
}

/**
 * Returns the colour moved towards another, as little as it takes to have the `least` contrast on every ground; `undefined`
 * where more than `most` of it would be lost.
 */
export function legible(
  color: Rgb,
  grounds: readonly Rgb[],
  towards: Rgb,
  { least = TEXT, most = 1 }: { readonly least?: number; readonly most?: number } = {},
): Rgb | undefined {
  for (let share = 0; share <= most; share += STEP) {
    const next = mixed(color, towards, share);
    if (grounds.every((ground) => contrast(next, ground) >= least)) return next;
  }
  return undefined;
}

function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function linear(value: number): number {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}
