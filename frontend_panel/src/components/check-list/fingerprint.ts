/** Returns a SHA-256 fingerprint in pairs, as it is read aloud and compared. */
export function fingerprint(sha256: string | null): string {
  return (sha256 ?? "").toUpperCase().match(/../g)?.join(" ") ?? "";
}
