import { describe, expect, it } from "vitest";

import { exampleJob, examplePrinter } from "../../testing/example-printer";
import { choosable, jobIdentity } from "./object-choice";

const plate = [{ id: 11 }, { id: 12 }, { id: 13 }];
const none = new Set<number>();

describe("an object", () => {
  it("can be left out while another one remains", () => {
    expect(choosable(11, plate, none, none)).toBe(true);
    expect(choosable(11, plate, new Set([12]), new Set([13]))).toBe(false);
    expect(choosable(11, plate, none, new Set([12, 13]))).toBe(false);
  });

  it("is left out once", () => {
    expect(choosable(11, plate, none, new Set([11]))).toBe(false);
    expect(choosable(11, plate, new Set([11]), none)).toBe(false);
  });
});

describe("the job of a plate", () => {
  it("stays the same when an object is skipped", () => {
    const [before, after] = [[], [11]].map((skipped) =>
      jobIdentity(examplePrinter({ activity: "printing", job: exampleJob({ skipped_objects: skipped }) })),
    );
    expect(before).not.toBe(after);
    expect(before?.split("\n")[0]).toBe(after?.split("\n")[0]);
    expect(jobIdentity(examplePrinter())).toBe("");
  });
});
