/** Text that was fetched, as a file on the person's own disk. */

/** Long enough for the browser to have begun reading it. */
const KEPT_MS = 10_000;

export function save(text: string, name: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(address);
  }, KEPT_MS);
}
