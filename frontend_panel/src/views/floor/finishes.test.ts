import { expect, it } from "vitest";

import { exampleJob, examplePrinter } from "../../testing/example-printer";
import { dotsOf, finishesOf, handsNeeded } from "./finishes";
import type { Finish } from "./finishes";

const finish = (at: number): Finish => ({ id: String(at), name: String(at), at, color: null });

it("lists what ends by itself, soonest first", () => {
  const printing = (id: string, remaining_s: number | null) =>
    examplePrinter({ id, activity: "printing", job: exampleJob({ remaining_s }) });
  const printers = [
    printing("late", 500),
    printing("soon", 100),
    printing("unknown", null),
    { ...printing("paused", 50), activity: "paused" as const },
    { ...printing("away", 50), is_live: false },
  ];
  const ends = finishesOf(printers, (printer) => printer.job?.remaining_s ?? null);
  expect(ends.map(({ id }) => id)).toEqual(["soon", "late"]);
});

it("spreads the dots from now to the last, and thins the words out", () => {
  const dots = dotsOf([finish(10), finish(12), finish(50), finish(98), finish(100)], 0, 400, () => 60);
  expect(dots.map(({ x }) => x)).toEqual([10, 12, 50, 98, 100]);
  expect(dots.map(({ anchor }) => anchor)).toEqual(["middle", "middle", "middle", "end", "end"]);
  expect(dots.map(({ hasLabel }) => hasLabel)).toEqual([true, false, true, false, true]);
});

it("keeps words apart that start at their dot", () => {
  const dots = dotsOf([finish(5), finish(14), finish(22), finish(100)], 0, 400, () => 60);
  expect(dots.map(({ anchor }) => anchor)).toEqual(["start", "middle", "middle", "end"]);
  expect(dots.map(({ hasLabel }) => hasLabel)).toEqual([true, false, false, true]);
});

it("gives long words the room that they take", () => {
  const wide = (end: Finish) => (end.at >= 80 ? 110 : 60);
  const dots = dotsOf([finish(40), finish(62), finish(82), finish(100)], 0, 400, wide);
  expect(dots.map(({ hasLabel }) => hasLabel)).toEqual([true, true, false, true]);
});

it("knows nothing to draw", () => {
  expect(dotsOf([], 0, 400, () => 60)).toEqual([]);
});

it("counts before and after midnight", () => {
  const now = new Date("2026-11-24T20:00:00");
  const at = (text: string) => finish(new Date(text).getTime());
  expect(handsNeeded([at("2026-11-24T21:00:00"), at("2026-11-25T01:00:00")], now)).toEqual({ today: 1, later: 1 });
});
