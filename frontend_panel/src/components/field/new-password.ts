/** Whether a new password will do, told while it is typed. The rules are the engine's, and so is the last word. */

import type { PasswordRules } from "../../api/types";
import { t } from "../../localize";

/** Returns the rules in words. */
export function rulesText(rules: PasswordRules): string {
  return t("password.rules", { min: rules.min_length, long: rules.long_length });
}

/** Returns what is wrong with a password, `undefined` if nothing is or the rules are not known yet. */
export function passwordProblem(password: string, rules: PasswordRules | undefined): string | undefined {
  if (!rules) return undefined;
  if (new TextEncoder().encode(password).length > rules.max_length) return t("password.too_long");
  const length = Array.from(password).length;
  if (length >= rules.long_length) return undefined;
  const isMixed = /\p{Lu}/u.test(password) && /\p{Ll}/u.test(password) && /\p{Nd}/u.test(password);
  return length >= rules.min_length && isMixed ? undefined : rulesText(rules);
}

/** Returns what is wrong with the repetition. */
export function repetitionProblem(password: string, again: string): string | undefined {
  return password === again ? undefined : t("password.differs");
}
