/**
 * Whether a new password will do, told while it is typed. The engine has the last word; these are its rules
 * (`odin_engine/identity/model/users.py`) so that nobody has to try.
 */

import { t } from "../../localize";

const LEAST_CHARS = 8;
/** From here on length alone is enough. */
const LONG_CHARS = 16;

/** Returns what is wrong with a password, `undefined` if nothing is. */
export function passwordProblem(password: string): string | undefined {
  const length = Array.from(password).length;
  if (length >= LONG_CHARS) return undefined;
  const isMixed = /\p{Lu}/u.test(password) && /\p{Ll}/u.test(password) && /\p{Nd}/u.test(password);
  return length >= LEAST_CHARS && isMixed ? undefined : t("password.rules");
}

/** Returns what is wrong with the repetition. */
export function repetitionProblem(password: string, again: string): string | undefined {
  return password === again ? undefined : t("password.differs");
}
