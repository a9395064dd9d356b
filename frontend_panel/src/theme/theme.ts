/** Which theme the standalone page wears: the system's, or the one a person chose on this device. */

import { keep, kept } from "../store/kept";

export const THEME_CHOICES = ["system", "light", "dark"] as const;
export type ThemeChoice = (typeof THEME_CHOICES)[number];

/** As in `index.html`, and `--o-page` in tokens.css. */
const BARS = { light: "#f6f7f8", dark: "#101214" } as const;
const STORAGE_KEY = "odin-theme";
let darkSystem: MediaQueryList | undefined;
let chosen: ThemeChoice = "system";

/** Returns the choice that is worn now. */
export function themeChoice(): ThemeChoice {
  return chosen;
}

/** Wears a choice at once and keeps it on this device. */
export function chooseTheme(choice: ThemeChoice): void {
  chosen = choice;
  wear();
  keep(STORAGE_KEY, choice);
}

/** Wears the kept choice and follows the system when it changes. */
export function startTheme(): void {
  chosen = THEME_CHOICES.find((choice) => choice === kept(STORAGE_KEY)) ?? "system";
  darkSystem = matchMedia("(prefers-color-scheme: dark)");
  wear();
  darkSystem.addEventListener("change", wear);
}

function wear(): void {
  const isDark = chosen === "dark" || (chosen === "system" && darkSystem?.matches === true);
  document.documentElement.dataset["theme"] = isDark ? "dark" : "light";
  colourBars(isDark);
}

/** The bars of the browser and of the phone follow a choice that is not the system's. */
function colourBars(isDark: boolean): void {
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    meta.content = isDark ? BARS.dark : BARS.light;
  }
}
