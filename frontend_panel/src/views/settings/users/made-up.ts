/** A password for somebody else, to be changed at the first sign-in. */

/** Without letters that look alike on paper. */
const LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const LENGTH = 18;

/** Returns a password from the browser's source of randomness, in groups that can be read aloud. */
export function madeUpPassword(): string {
  let text = "";
  while (text.length < LENGTH) {
    for (const byte of crypto.getRandomValues(new Uint8Array(LENGTH))) {
      // Bytes beyond the last whole run of letters would make the first ones more likely.
      if (byte < 256 - (256 % LETTERS.length) && text.length < LENGTH) text += LETTERS.charAt(byte % LETTERS.length);
    }
  }
  return text.match(/.{6}/g)?.join("-") ?? text;
}
