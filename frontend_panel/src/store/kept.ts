/** Small choices that stay on this device. */

/** Returns what was kept under a name, `undefined` where nothing was or storage is forbidden. */
export function kept(name: string): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a word; where a private window forbids it, the choice lasts as long as the page. */
export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Nothing to be done, and nothing lost but the memory of it.
  }
}
