/** Makes a theme that was not made for us legible: our own colours keep the contrast they have, a stranger's may not. */

import type { Rgb } from "./contrast";
import { BLACK, LINE, TEXT, WHITE, contrast, isDark, legible, mixed } from "./contrast";

/** What a theme brings along. */
export interface Worn {
  readonly page: Rgb;
  readonly card: Rgb;
  /** The ground of what floats. */
  readonly raised: Rgb;
  readonly text: Rgb;
  readonly accent: Rgb;
  /** What the theme writes on its accent. */
  readonly onAccent: Rgb;
}

/** The custom properties that may have to be another colour. */
export const FITTED = ["--o-accent", "--o-accent-text", "--o-accent-fill", "--o-on-accent", "--o-raised"] as const;

export interface Fitted {
  readonly isDark: boolean;
  readonly colors: Readonly<Partial<Record<(typeof FITTED)[number], Rgb>>>;
}

/** As in tokens.css: how much of the accent is in what it tints. */
const SOFT = { light: 0.11, dark: 0.15 } as const;
const INK: Rgb = [6, 33, 43];
/** A fill that lost more of its colour than this is no accent any more. */
const MOST = 0.32;

/** Returns whether a theme is a dark one, and the colours that it takes for everything to be seen. */
export function fitted(worn: Worn): Fitted {
  const { page, card, raised, text, accent } = worn;
  // What shines through a card that is not opaque nobody knows; its words are chosen to be seen on it.
  const isDarkTheme = !isDark(text);
  const towards = isDarkTheme ? WHITE : BLACK;
  const seen = legible(accent, [page, card], towards, { least: LINE }) ?? text;
  const soft = mixed(card, seen, isDarkTheme ? SOFT.dark : SOFT.light);
  const { fill, ink } = filled(worn, isDarkTheme);
  return {
    isDark: isDarkTheme,
    colors: {
      "--o-accent": seen,
      "--o-accent-text": legible(seen, [page, card, soft], towards) ?? text,
      "--o-accent-fill": fill,
      "--o-on-accent": ink,
      ...(isRaised(raised, card, text, isDarkTheme) ? {} : { "--o-raised": card }),
    },
  };
}

/** What floats is read, and is never darker than what it floats over. */
function isRaised(raised: Rgb, card: Rgb, text: Rgb, isDarkTheme: boolean): boolean {
  return contrast(text, raised) >= TEXT && !(isDarkTheme && contrast(raised, BLACK) < contrast(card, BLACK));
}

/** The theme's own words on the accent where they are seen; else ours, and if need be the accent gives way. */
function filled({ accent, onAccent }: Worn, isDarkTheme: boolean): { readonly fill: Rgb; readonly ink: Rgb } {
  for (const ink of isDarkTheme ? [INK, onAccent, WHITE] : [onAccent, WHITE]) {
    const fill = legible(accent, [ink], isDark(ink) ? WHITE : BLACK, { most: isDarkTheme ? 0 : MOST });
    if (fill) return { fill, ink };
  }
  const ink = isDark(accent) ? WHITE : INK;
  return { fill: accent, ink };
}
