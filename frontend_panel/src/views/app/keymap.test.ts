import { expect, it } from "vitest";

import { Keymap, bindings } from "./keymap";

it("knows single keys and pairs", () => {
  const keymap = new Keymap(bindings([]));
  expect(keymap.press("/", 0)).toBe("search");
  expect(keymap.press("g", 100)).toBeUndefined();
  expect(keymap.press("f", 400)).toBe("floor");
  expect(keymap.press("f", 500)).toBeUndefined();
});

it("forgets the first of a pair", () => {
  const keymap = new Keymap(bindings([]));
  keymap.press("g", 0);
  expect(keymap.press("f", 2_000)).toBeUndefined();
  keymap.press("g", 3_000);
  keymap.press("x", 3_100);
  expect(keymap.press("a", 3_200)).toBeUndefined();
});

it("leaves the keys of others alone", () => {
  const keymap = new Keymap(bindings(["?", "Ctrl K"]));
  expect(keymap.press("?", 0)).toBeUndefined();
  expect(keymap.press("/", 0)).toBe("search");
});
