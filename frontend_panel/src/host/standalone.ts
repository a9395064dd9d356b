/** The engine's own pages: the document is the panel's, and so are its address, its title and its keys. */

import { chooseTheme, themeChoice } from "../theme/theme";
import type { Surroundings } from "../views/app/surroundings";
import { loginSections } from "../views/settings/login-sections";
import { engineSections, farmSections } from "../views/settings/sections";

const PRODUCT = "O.D.I.N.";

export const standalone: Surroundings = {
  // Below the document's <base>, which follows the prefix of a proxy.
  address: (path, query = {}) => {
    const address = new URL(path, document.baseURI);
    address.search = new URLSearchParams(query).toString();
    return address.pathname + address.search;
  },
  pathAt: (pathname) => {
    const base = new URL(document.baseURI).pathname;
    return pathname.startsWith(base) ? pathname.slice(base.length) : undefined;
  },
  push: (address) => {
    history.pushState(null, "", address);
    dispatchEvent(new PopStateEvent("popstate"));
  },
  onMoved: (listener) => {
    const moved = (event: Event) => {
      listener(event.isTrusted);
    };
    addEventListener("popstate", moved);
    return () => {
      removeEventListener("popstate", moved);
    };
  },
  setTitle: (page) => {
    document.title = page === "" ? PRODUCT : `${page} · ${PRODUCT}`;
  },
  foreignKeys: [],
  allowsKeys: () => true,
  appearance: { choice: themeChoice, choose: chooseTheme },
  sections: () => [...farmSections(), ...loginSections(), ...engineSections()],
  engineAddress: (path) => new URL(path, document.baseURI).href,
  get licenses() {
    return new URL("licenses.md", document.baseURI).href;
  },
};
