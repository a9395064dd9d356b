import { expect, it } from "vitest";

import { examplePrinter } from "../../testing/example-printer";
import { hasPlateNews } from "./plate-news";

const { plate } = examplePrinter();

it("a clear plate is told where the gate is on and the printer was heard", () => {
  expect(hasPlateNews(examplePrinter())).toBe(true);
  expect(hasPlateNews(examplePrinter({ plate: { ...plate, is_gated: false } }))).toBe(false);
  expect(hasPlateNews(examplePrinter({ activity: null }))).toBe(false);
});

it("an occupied plate is told, except of a machine at work", () => {
  const occupied = { ...plate, state: "occupied" } as const;
  expect(hasPlateNews(examplePrinter({ plate: occupied, activity: null }))).toBe(true);
  expect(hasPlateNews(examplePrinter({ plate: occupied, activity: "finished" }))).toBe(true);
  expect(hasPlateNews(examplePrinter({ plate: occupied, activity: "printing" }))).toBe(false);
});
