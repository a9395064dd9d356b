import { expect, it } from "vitest";

import { isBuildOfPage } from "./build";

it("takes a page that nobody has, and leaves another build's alone", () => {
  const page = {};
  expect(isBuildOfPage(page)).toBe(true);
  expect(isBuildOfPage(page)).toBe(true);
  expect(isBuildOfPage({ odinBuild: "another" })).toBe(false);
});
