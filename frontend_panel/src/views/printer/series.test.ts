import { describe, expect, it } from "vitest";

import type { Sample } from "../../api/types";
import { exampleJob, examplePrinter } from "../../testing/example-printer";
import { beginning, drawnFrom, heard, joined, kept, picked, startOf } from "./series";

const NOW_S = 1_777_645_560;
const keys = ["nozzle-0", "bed"];

function sample(at_s: number, nozzle: number): Sample {
  const heat = { current_c: nozzle, target_c: 0 };
  return {
    at: new Date(at_s * 1000).toISOString(),
    nozzles: [heat],
    bed: { current_c: 60, target_c: 60 },
    chamber: { current_c: null, target_c: null },
    part_fan_pct: null,
    aux_fan_pct: null,
    chamber_fan_pct: null,
    progress_pct: null,
    layer: null,
  };
}

describe("a range", () => {
  it("begins with the print, or a while ago", () => {
    const job = exampleJob({ started_at: new Date((NOW_S - 500) * 1000).toISOString() });
    const printer = examplePrinter({ activity: "printing", job });
    expect(beginning("print", printer, NOW_S)).toBe(NOW_S - 500);
    expect(beginning("day", printer, NOW_S)).toBe(NOW_S - 86_400);
    expect(startOf(examplePrinter({ activity: "idle", job }))).toBeUndefined();
    expect(startOf(examplePrinter({ activity: "printing", job: exampleJob() }))).toBeUndefined();
  });
});

describe("an hour", () => {
  it("of which little is known is drawn as that", () => {
    expect(drawnFrom("hour", NOW_S - 3600, [[NOW_S - 900, NOW_S]], NOW_S)).toBe(NOW_S - 900);
    expect(drawnFrom("hour", NOW_S - 3600, [[NOW_S - 10, NOW_S]], NOW_S)).toBe(NOW_S - 300);
    expect(drawnFrom("hour", NOW_S - 3600, [[]], NOW_S)).toBe(NOW_S - 3600);
    expect(drawnFrom("day", NOW_S - 86_400, [[NOW_S - 900, NOW_S]], NOW_S)).toBe(NOW_S - 86_400);
  });
});

describe("what is heard", () => {
  it("becomes a point now and then", () => {
    const first = heard([], examplePrinter(), NOW_S);
    expect(first).toEqual([{ at_s: NOW_S, values: { "nozzle-0": 24.6, bed: 23.1 } }]);
    expect(heard(first, examplePrinter(), NOW_S + 1)).toBe(first);
    expect(heard(first, examplePrinter(), NOW_S + 2)).toHaveLength(2);
  });

  it("of a silent printer is nothing", () => {
    expect(heard([], examplePrinter({ is_live: false }), NOW_S)).toEqual([]);
  });
});

describe("the lines", () => {
  const history = kept([sample(NOW_S - 120, 200), sample(NOW_S - 60, 210), sample(NOW_S + 60, 999)], keys);
  const live = [{ at_s: NOW_S, values: { "nozzle-0": 220, bed: 60 } }];

  it("go from what was kept to what was heard", () => {
    expect(joined(history, live, keys, NOW_S - 3600, NOW_S)).toEqual([
      [NOW_S - 120, NOW_S - 60, NOW_S],
      [200, 210, 220],
      [60, 60, 60],
    ]);
    expect(joined(history, live, keys, NOW_S - 90, NOW_S)[0]).toEqual([NOW_S - 60, NOW_S]);
  });

  it("break where nothing was heard", () => {
    const later = [{ at_s: NOW_S + 600, values: { "nozzle-0": 30, bed: 25 } }];
    expect(joined(history.slice(0, 2), later, keys, NOW_S - 3600, NOW_S + 600)[1]).toEqual([200, 210, null, 30]);
  });

  it("can be read as a table, newest first", () => {
    const times = Array.from({ length: 100 }, (_, i) => i);
    const rows = picked([times, times.map((i) => (i === 99 ? null : i))], 10);
    expect(rows.length).toBeLessThanOrEqual(10);
    expect(rows[0]).toEqual([98, 98]);
  });
});
