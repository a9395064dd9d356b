/** How long to wait before the next attempt to reach the engine. */

const FIRST_MS = 500;
/** A person who looks at a lost page should not wait longer than this for it to come back. */
const MOST_MS = 15_000;

/**
 * Returns the wait in ms before attempt number `attempt` (1 is the first retry). `random` in [0, 1) takes up to half
 * off, so that a wall of tablets does not return in step after a restart.
 */
export function backoffMs(attempt: number, random: number): number {
  const longest = Math.min(FIRST_MS * 2 ** (attempt - 1), MOST_MS);
  return longest * (1 - random / 2);
}
