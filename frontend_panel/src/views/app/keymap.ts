/** Which keys do what. Single letters only where nobody types. */

export type KeyCommand = "search" | "keys" | "floor" | "alerts" | "settings" | "add-printer";

export interface Binding {
  /** Pressed one after the other. */
  readonly keys: readonly string[];
  readonly command: KeyCommand;
}

/** The search field from anywhere, from inside a field too. */
export const SEARCH_ALWAYS = "Ctrl K";

const KEYS: readonly Binding[] = [
  { keys: ["/"], command: "search" },
  { keys: ["g", "f"], command: "floor" },
  { keys: ["g", "a"], command: "alerts" },
  { keys: ["g", "s"], command: "settings" },
  { keys: ["g", "n"], command: "add-printer" },
  { keys: ["?"], command: "keys" },
];

/** Returns the list that people see; `foreign` are the keys that belong to somebody else, written with spaces between. */
export function bindings(foreign: readonly string[]): readonly Binding[] {
  return KEYS.filter(({ keys }) => !foreign.includes(keys.join(" ")));
}

/** How long the second key of a pair may take. */
const PAIR_MS = 1_500;

/** Remembers the first key of a pair. */
export class Keymap {
  readonly #bindings: readonly Binding[];
  #first = "";
  #firstAt = 0;

  constructor(bindings: readonly Binding[]) {
    this.#bindings = bindings;
  }

  /** Returns what a key pressed at that instant (ms) asks for. */
  press(key: string, atMs: number): KeyCommand | undefined {
    const before = atMs - this.#firstAt <= PAIR_MS ? this.#first : "";
    this.#first = "";
    const pair = this.#bindings.find(({ keys }) => keys.length === 2 && keys[0] === before && keys[1] === key);
    if (pair) return pair.command;
    if (this.#bindings.some(({ keys }) => keys.length === 2 && keys[0] === key)) {
      this.#first = key;
      this.#firstAt = atMs;
    }
    return this.#bindings.find(({ keys }) => keys.length === 1 && keys[0] === key)?.command;
  }
}

/** Whether a key belongs to something that takes text, or to an open dialog. */
export function isTaken(event: KeyboardEvent): boolean {
  return event.composedPath().some((node) => {
    if (!(node instanceof HTMLElement)) return false;
    return node.isContentEditable || node.matches("input:not([type=checkbox], [type=radio]), textarea, select, dialog[open]");
  });
}
