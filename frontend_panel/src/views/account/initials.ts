/** Returns the one or two letters that stand for a name. */
export function initials(name: string): string {
  const words = name.trim().split(/[\s._-]+/).filter(Boolean);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words.slice(0, 1);
  const letters = ends.map((word) => Array.from(word ?? "")[0] ?? "").join("");
  return letters === "" ? "?" : letters.toUpperCase();
}
