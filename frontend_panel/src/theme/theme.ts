/** Which theme the standalone page wears: the system's, or the one a person chose on this device. */

export const THEME_CHOICES = ["system", "light", "dark"] as const;
export type ThemeChoice = (typeof THEME_CHOICES)[number];

const STORAGE_KEY = "odin-theme";
const darkSystem = matchMedia("(prefers-color-scheme: dark)");
let chosen: ThemeChoice = "system";

/** Returns the choice that is worn now. */
export function themeChoice(): ThemeChoice {
  return chosen;
}

/** Wears a choice at once and keeps it on this device. */
export function chooseTheme(choice: ThemeChoice): void {
  chosen = choice;
  wear();
  try {
    localStorage.setItem(STORAGE_KEY, choice);
  } catch {
    // Private windows may forbid storage; the choice then lasts as long as the page.
  }
}

/** Wears the kept choice and follows the system when it changes. */
export function startTheme(): void {
  chosen = kept();
  wear();
  darkSystem.addEventListener("change", wear);
}

function kept(): ThemeChoice {
  try {
    const word = localStorage.getItem(STORAGE_KEY);
    return THEME_CHOICES.find((choice) => choice === word) ?? "system";
  } catch {
    return "system";
  }
}

function wear(): void {
  const isDark = chosen === "dark" || (chosen === "system" && darkSystem.matches);
  document.documentElement.dataset["theme"] = isDark ? "dark" : "light";
}
