import { expect, it } from "vitest";

import { exampleJob, examplePrinter } from "../testing/example-printer";
import { Endings } from "./endings";

it("keeps the end of a job until the printer says another number", () => {
  let now = 1_000;
  const endings = new Endings(() => now);
  const printing = examplePrinter({ job: exampleJob({ remaining_s: 60 }) });
  expect(endings.of(printing)).toBe(61_000);
  now = 30_000;
  expect(endings.of({ ...printing })).toBe(61_000);
  expect(endings.of(examplePrinter({ job: exampleJob({ remaining_s: 120 }) }))).toBe(150_000);
  expect(endings.of(examplePrinter({ job: null }))).toBeNull();
});
