import { expect, it } from "vitest";

import { placed } from "./placement";

const window = { width: 1000, height: 800 };
const sheet = { width: 200, height: 300 };

it("goes under its anchor, over it at the bottom, and stays inside", () => {
  const anchor = { left: 500, top: 20, width: 40, height: 40 };
  expect(placed(anchor, sheet, window, "end")).toEqual({ left: 340, top: 68 });
  expect(placed({ ...anchor, top: 740 }, sheet, window, "start")).toEqual({ left: 500, top: 432 });
  expect(placed({ ...anchor, left: 10 }, sheet, window, "end").left).toBe(8);
  expect(placed({ ...anchor, left: 950 }, sheet, window, "start").left).toBe(792);
});

it("keeps its top in sight where it fits nowhere", () => {
  const tall = { width: 200, height: 900 };
  expect(placed({ left: 0, top: 400, width: 40, height: 40 }, tall, window, "start").top).toBe(8);
});
