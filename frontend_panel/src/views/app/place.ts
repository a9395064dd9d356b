/**
 * Where in the panel somebody is: a path below its first page. The engine serves these paths (`kernel/web.py`), Home
 * Assistant has them below the panel's own. Nobody else reads or writes the browser's address.
 */

import { surroundings } from "./surroundings";

export type Place =
  /** `printer` is the one whose drawer is open. */
  | { readonly page: "floor"; readonly printer?: string }
  | { readonly page: "add-printer" }
  | { readonly page: "printer"; readonly id: string }
  | { readonly page: "alerts" }
  | { readonly page: "settings"; readonly section: string };

export type PageName = Place["page"];

export const FLOOR: Place = { page: "floor" };

/** Returns the address of a place, for a link. */
export function addressOf(place: Place): string {
  const query = place.page === "floor" && place.printer !== undefined ? { printer: place.printer } : {};
  return surroundings().address(pathOf(place), query);
}

function pathOf(place: Place): string {
  switch (place.page) {
    case "floor":
      return "";
    case "add-printer":
      return "printers/add";
    case "printer":
      return `printers/${encodeURIComponent(place.id)}`;
    case "alerts":
      return "alerts";
    case "settings":
      return place.section === "" ? "settings" : `settings/${encodeURIComponent(place.section)}`;
  }
}

/** Returns the place an address leads to; an unknown one leads to the floor. */
export function placeAt(address: Pick<URL, "pathname" | "search">): Place {
  const path = surroundings().pathAt(address.pathname) ?? "";
  const [first = "", second = ""] = path.split("/").map(decodeURIComponent);
  if (first === "printers" && second === "add") return { page: "add-printer" };
  if (first === "printers" && second !== "") return { page: "printer", id: second };
  if (first === "alerts") return { page: "alerts" };
  if (first === "settings") return { page: "settings", section: second };
  const printer = new URLSearchParams(address.search).get("printer");
  return printer === null ? FLOOR : { page: "floor", printer };
}

/** Returns where the browser is. */
export function currentPlace(): Place {
  return placeAt(location);
}

/** Loads the whole panel anew, as the engine serves it now. */
export function reload(): void {
  location.reload();
}

/** Goes to a place; the back button returns. */
export function goTo(place: Place): void {
  const address = addressOf(place);
  if (address === location.pathname + location.search) return;
  surroundings().push(address);
}

/** Returns what a link's click does: it goes there without loading the page anew, unless a new tab was asked for. */
export function followed(place: Place): (event: MouseEvent) => void {
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    goTo(place);
  };
}
