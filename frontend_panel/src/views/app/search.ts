/** Finding an entry by a few letters of it. */

export interface Entry {
  readonly id: string;
  readonly group: "printer" | "page" | "action";
  readonly label: string;
  /** Said beside the label, and searched too. */
  readonly detail: string;
  readonly icon: string;
  /** Shown without a question; the others wait until they are asked for. */
  readonly isOffered: boolean;
  readonly run: () => void;
}

const MOST = 30;
const NO_MATCH = Number.POSITIVE_INFINITY;

/** Returns the entries that match every word of the question, best first; what is offered where there is none. */
export function found(question: string, entries: readonly Entry[]): readonly Entry[] {
  const words = folded(question).split(/\s+/).filter(Boolean);
  if (words.length === 0) return entries.filter((entry) => entry.isOffered).slice(0, MOST);
  return entries
    .map((entry) => ({ entry, distance: distance(words, entry) }))
    .filter((each) => each.distance !== NO_MATCH)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, MOST)
    .map(({ entry }) => entry);
}

function distance(words: readonly string[], entry: Entry): number {
  const label = folded(entry.label);
  const detail = folded(entry.detail);
  return words.reduce((sum, word) => sum + Math.min(inLabel(word, label), inDetail(word, detail)), 0);
}

function inLabel(word: string, label: string): number {
  if (label.startsWith(word)) return 0;
  if (label.includes(` ${word}`)) return 1;
  if (label.includes(word)) return 2;
  return word.length > 1 && isScattered(word, label) ? 5 : NO_MATCH;
}

function inDetail(word: string, detail: string): number {
  return detail.includes(word) ? 3 : NO_MATCH;
}

/** Whether the letters come in that order, with others between. */
function isScattered(word: string, text: string): boolean {
  let at = -1;
  for (const letter of word) {
    at = text.indexOf(letter, at + 1);
    if (at < 0) return false;
  }
  return true;
}

/** Accents are for reading, not for typing. */
function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
