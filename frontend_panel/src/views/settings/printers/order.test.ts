import { expect, it } from "vitest";

import { examplePrinter } from "../../../testing/example-printer";
import { dropPlace, inOrder, isSameOrder, moved } from "./order";

const named = (id: string, position: number) => examplePrinter({ id, name: id.toUpperCase(), position });

it("shows the wanted order until the engine has it, and puts newcomers last", () => {
  const printers = [named("a", 0), named("b", 1), named("c", 2)];
  expect(inOrder(printers, undefined).map(({ id }) => id)).toEqual(["a", "b", "c"]);
  expect(inOrder(printers, ["b", "a"]).map(({ id }) => id)).toEqual(["b", "a", "c"]);
});

it("moves one and stays inside", () => {
  expect(moved(["a", "b", "c"], "a", 2)).toEqual(["b", "c", "a"]);
  expect(moved(["a", "b", "c"], "a", -5)).toEqual(["a", "b", "c"]);
  expect(moved(["a", "b", "c"], "a", 9)).toEqual(["b", "c", "a"]);
  expect(moved(["a", "b"], "x", 0)).toEqual(["a", "b"]);
});

it("drops where the pointer is", () => {
  const spans = [0, 60, 120].map((top) => ({ top, height: 60 }));
  expect(dropPlace(spans, 0, 20)).toBe(0);
  expect(dropPlace(spans, 0, 100)).toBe(1);
  expect(dropPlace(spans, 0, 170)).toBe(2);
  expect(dropPlace(spans, 2, 10)).toBe(0);
});

it("tells whether two orders are the same", () => {
  expect(isSameOrder(["a", "b"], ["a", "b"])).toBe(true);
  expect(isSameOrder(["a", "b"], ["b", "a"])).toBe(false);
});
