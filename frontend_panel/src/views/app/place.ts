/** Where in the panel somebody is: a path below the page's `<base>`. The engine serves these paths (`kernel/web.py`). */

export type Place = "floor" | "add-printer";

const PATHS: Readonly<Record<Place, string>> = { floor: "", "add-printer": "printers/add" };

/** Returns the address of a place, for a link. */
export function addressOf(place: Place): string {
  return new URL(PATHS[place], document.baseURI).pathname;
}

/** Returns the place an address leads to; an unknown one leads to the floor. */
export function placeAt(pathname: string): Place {
  return pathname === addressOf("add-printer") ? "add-printer" : "floor";
}

/** Goes to a place; the back button returns. */
export function goTo(place: Place): void {
  if (placeAt(location.pathname) === place) return;
  history.pushState(null, "", addressOf(place));
  dispatchEvent(new PopStateEvent("popstate"));
}
