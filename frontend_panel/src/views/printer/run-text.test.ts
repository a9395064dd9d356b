import { describe, expect, it } from "vitest";

import type { Run } from "../../api/types";
import { runFacts } from "./run-text";

const run: Run = {
  id: "r1",
  printer_id: "p1",
  printer_name: "Atlas",
  started_at: "2026-05-01T08:00:00Z",
  was_seen_starting: true,
  name: "Drawer bins",
  file: null,
  plate: 1,
  token: null,
  external_id: null,
  source: null,
  ended_at: "2026-05-01T13:12:00Z",
  result: "finished",
  progress_pct: 100,
  layer: null,
  total_layers: null,
  printing_s: 18_720,
  weight_g: 127,
  estimated_s: null,
  object_count: null,
  has_picture: false,
};

describe("a print that is over", () => {
  it("took its time and weighs something", () => {
    expect(runFacts(run)).toEqual(["5 h 12 min", "127 g"]);
    expect(runFacts({ ...run, weight_g: null })).toEqual(["5 h 12 min"]);
  });

  it("or came so far", () => {
    expect(runFacts({ ...run, result: "failed", progress_pct: 37 })).toEqual(["5 h 12 min", "at 37 %"]);
  });

  it("took longer than was seen", () => {
    expect(runFacts({ ...run, was_seen_starting: false })[0]).toBe("over 5 h 12 min");
    expect(runFacts({ ...run, printing_s: 0, weight_g: null })).toEqual([]);
  });
});
