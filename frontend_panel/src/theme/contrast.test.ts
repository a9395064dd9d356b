import { expect, it } from "vitest";

import { fitted } from "./accent";
import type { Rgb } from "./contrast";
import { BLACK, LINE, TEXT, WHITE, contrast, isDark, legible } from "./contrast";

it("measures as WCAG does", () => {
  expect(contrast(BLACK, WHITE)).toBeCloseTo(21);
  expect(contrast([118, 118, 118], WHITE)).toBeGreaterThan(TEXT);
  expect(contrast([120, 120, 120], WHITE)).toBeLessThan(TEXT);
  expect(isDark([58, 36, 22])).toBe(true);
});

it("moves a colour no further than it has to", () => {
  const blue: Rgb = [0, 154, 199];
  const seen = legible(blue, [WHITE], BLACK);
  expect(seen && contrast(seen, WHITE)).toBeGreaterThanOrEqual(TEXT);
  expect(legible(BLACK, [WHITE], BLACK)).toEqual(BLACK);
  expect(legible([255, 235, 59], [WHITE], BLACK, { most: 0.3 })).toBeUndefined();
});

const THEMES: Readonly<Record<string, readonly [Rgb, Rgb, Rgb, Rgb, Rgb]>> = {
  "Home Assistant's light one": [[250, 250, 250], WHITE, WHITE, [20, 20, 20], [0, 154, 199]],
  "Home Assistant's dark one": [[17, 17, 17], [28, 28, 28], [17, 17, 17], [225, 225, 225], [0, 154, 199]],
  "orange on brown": [[42, 26, 16], [58, 36, 22], WHITE, [243, 233, 223], [255, 152, 0]],
  "yellow on white": [[255, 253, 231], WHITE, WHITE, [33, 33, 33], [255, 235, 59]],
  "dark blue on black": [[0, 0, 0], [10, 10, 10], [10, 10, 10], [240, 240, 240], [13, 71, 161]],
};

it.each(Object.entries(THEMES))("makes %s legible", (_, [page, card, raised, text, accent]) => {
  const { isDark: isDarkTheme, colors } = fitted({ page, card, raised, text, accent, onAccent: WHITE });
  const of = (name: keyof typeof colors, or: Rgb): Rgb => colors[name] ?? or;
  expect(isDarkTheme).toBe(isDark(card));
  expect(contrast(of("--o-on-accent", BLACK), of("--o-accent-fill", BLACK))).toBeGreaterThanOrEqual(TEXT);
  for (const ground of [page, card]) {
    expect(contrast(of("--o-accent-text", BLACK), ground)).toBeGreaterThanOrEqual(TEXT);
    expect(contrast(of("--o-accent", BLACK), ground)).toBeGreaterThanOrEqual(LINE);
  }
  expect(contrast(text, of("--o-raised", raised))).toBeGreaterThanOrEqual(TEXT);
});
