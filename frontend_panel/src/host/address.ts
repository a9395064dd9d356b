/** Addresses of the panel inside Home Assistant: below its own path, with `?entry=…` for the engine that is meant. */

export const PANEL = "/odin";
const ENTRY = "entry";

/** Returns the address of a path of the panel; `entryId` names the engine where there are several. */
export function panelAddress(
  path: string,
  entryId?: string,
  query: Readonly<Record<string, string>> = {},
  prefix = PANEL,
): string {
  const asked = new URLSearchParams(entryId === undefined ? query : { ...query, [ENTRY]: entryId }).toString();
  return `${prefix}${path === "" ? "" : `/${path}`}${asked === "" ? "" : `?${asked}`}`;
}

/** Returns the path of the panel that a pathname stands for; `undefined` where it is not the panel's. */
export function panelPath(pathname: string, prefix = PANEL): string | undefined {
  if (pathname === prefix) return "";
  return pathname.startsWith(`${prefix}/`) ? pathname.slice(prefix.length + 1) : undefined;
}

/** Returns the entry of the engine that an address names. */
export function namedEntry(search: string): string | undefined {
  return new URLSearchParams(search).get(ENTRY) ?? undefined;
}
