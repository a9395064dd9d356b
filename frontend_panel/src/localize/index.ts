/**
 * Every word a person reads. English is complete and typed: a key that is not below `en/` does not compile. Numbers and
 * times go through `format.ts`.
 */

import { en } from "./en";

export type TextKey = keyof typeof en;
type PluralOf<K> = K extends `${infer Stem}.other` ? Stem : never;
export type PluralKey = PluralOf<TextKey>;
export type Values = Readonly<Record<string, string | number>>;

const texts: Readonly<Record<string, string>> = en;
const plurals = new Intl.PluralRules("en");

/** The language the texts are in; numbers and times follow it. */
export const language = "en";

/** Returns a text with its `{places}` filled. */
export function t(key: TextKey, values?: Values): string {
  return filled(en[key], values);
}

/** Returns the text for that many, with `{count}` filled. */
export function plural(key: PluralKey, count: number, values?: Values): string {
  const text = texts[`${key}.${plurals.select(count)}`] ?? texts[`${key}.other`] ?? key;
  return filled(text, { count, ...values });
}

function filled(text: string, values: Values = {}): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}

/** Returns the text for a name that a machine or its owner gave, which is a name where we have no text for it. */
export function named(prefix: string, name: string): string {
  const text = word(prefix, name);
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
}

/** Returns the text for a word of the API, such as `state.printing`, or the word itself where a newer engine sent it. */
export function word(prefix: string, value: string): string {
  return texts[`${prefix}.${value}`] ?? value.replaceAll("_", " ");
}
