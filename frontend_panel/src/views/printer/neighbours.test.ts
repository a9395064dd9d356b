import { describe, expect, it } from "vitest";

import { examplePrinter } from "../../testing/example-printer";
import { inOrder, neighbours } from "./neighbours";

const a = examplePrinter({ id: "a", position: 0 });
const b = examplePrinter({ id: "b", position: 1 });
const c = examplePrinter({ id: "c", position: 2 });

describe("the printers of the floor", () => {
  it("follow each other in a ring", () => {
    const printers = inOrder({ c, a, b });
    expect(printers.map(({ id }) => id)).toEqual(["a", "b", "c"]);
    expect(neighbours(printers, "a")).toEqual({ before: c, after: b });
    expect(neighbours(printers, "c")).toEqual({ before: b, after: a });
  });

  it("have no neighbours alone or unknown", () => {
    expect(neighbours([a], "a")).toEqual({ before: undefined, after: undefined });
    expect(neighbours([a, b], "x").after).toBeUndefined();
  });
});
