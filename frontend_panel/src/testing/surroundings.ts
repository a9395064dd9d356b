/** Surroundings for tests of what looks the same wherever it stands. */

import type { Surroundings } from "../views/app/surroundings";
import { engineSections, farmSections } from "../views/settings/sections";

export const nowhere: Surroundings = {
  address: (path) => `/${path}`,
  pathAt: (pathname) => pathname.slice(1),
  push: () => undefined,
  onMoved: () => () => undefined,
  setTitle: () => undefined,
  foreignKeys: [],
  allowsKeys: () => true,
  appearance: undefined,
  sections: () => [...farmSections(), ...engineSections()],
  engineAddress: () => undefined,
  licenses: "/licenses.md",
};
