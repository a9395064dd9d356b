/** Which keys do what. Single letters only where nobody types. */

export type KeyCommand = "search" | "keys" | "floor" | "alerts" | "settings" | "add-printer";

/** The list that people see; `keys` are pressed one after the other, or together with `+`. */
export const KEYS: readonly { readonly keys: readonly string[]; readonly command: KeyCommand }[] = [
  { keys: ["/"], command: "search" },
  { keys: ["g", "f"], command: "floor" },
  { keys: ["g", "a"], command: "alerts" },
  { keys: ["g", "s"], command: "settings" },
  { keys: ["g", "n"], command: "add-printer" },
  { keys: ["?"], command: "keys" },
];

/** How long the second key of a pair may take. */
const PAIR_MS = 1_500;

/** Remembers the first key of a pair. */
export class Keymap {
  #first = "";
  #firstAt = 0;

  /** Returns what a key pressed at that instant (ms) asks for. */
  press(key: string, atMs: number): KeyCommand | undefined {
    const before = atMs - this.#firstAt <= PAIR_MS ? this.#first : "";
    this.#first = "";
    const pair = KEYS.find(({ keys }) => keys.length === 2 && keys[0] === before && keys[1] === key);
    if (pair) return pair.command;
    if (KEYS.some(({ keys }) => keys.length === 2 && keys[0] === key)) {
      this.#first = key;
      this.#firstAt = atMs;
    }
    return KEYS.find(({ keys }) => keys.length === 1 && keys[0] === key)?.command;
  }
}

/** Whether a key belongs to something that takes text, or to an open dialog. */
export function isTaken(event: KeyboardEvent): boolean {
  return event.composedPath().some((node) => {
    if (!(node instanceof HTMLElement)) return false;
    return node.isContentEditable || node.matches("input:not([type=checkbox], [type=radio]), textarea, select, dialog[open]");
  });
}
