import { describe, expect, it } from "vitest";

import { clock } from "../../localize/format";
import { exampleJob, examplePrinter } from "../../testing/example-printer";
import { filamentParts, headline, stopText } from "./job-text";

const now = new Date("2026-05-01T14:26:00");
const endsAt = new Date("2026-05-01T16:42:00");

describe("the headline", () => {
  it("is the clock time of the end, then the duration", () => {
    const printer = examplePrinter({ activity: "printing", job: exampleJob({ remaining_s: 8160 }) });
    expect(headline(printer, endsAt, now, false)).toEqual({ main: clock(endsAt, now), detail: "2 h 16 min left" });
  });

  it("promises no clock time from old values", () => {
    const printer = examplePrinter({ activity: "printing", job: exampleJob({ remaining_s: 8160 }) });
    expect(headline(printer, endsAt, now, true).main).toBe("2 h 16 min left");
  });

  it("of a paused print depends on somebody", () => {
    const printer = examplePrinter({ activity: "paused", job: exampleJob({ remaining_s: 8160 }) });
    expect(headline(printer, endsAt, now, false)).toEqual({
      main: "Paused",
      detail: `2 h 16 min left, done at ${clock(endsAt, now)} if resumed now`,
    });
  });

  it("says so when there is no estimate", () => {
    const job = exampleJob({ remaining_s: null });
    expect(headline(examplePrinter({ activity: "printing", job }), undefined, now, false).main).toBe("No estimate yet");
    expect(headline(examplePrinter({ activity: "preparing", job }), undefined, now, false).main).toBe("Preparing");
  });

  it("tells how far a print came that ended badly", () => {
    const job = exampleJob({ progress_pct: 37 });
    expect(headline(examplePrinter({ activity: "failed", job }), undefined, now, false).detail).toContain("37 %");
    expect(headline(examplePrinter({ activity: "cancelled", job }), undefined, now, false).main).toBe("Cancelled");
    expect(headline(examplePrinter({ activity: null }), undefined, now, false).main).toBe("Unknown");
  });
});

describe("a stop", () => {
  it("says what is lost", () => {
    expect(stopText(examplePrinter({ activity: "printing", job: exampleJob() }))).toContain("62 % done");
    expect(stopText(examplePrinter({ activity: "paused", job: exampleJob() }))).toContain("paused at 62 %");
  });
});

describe("the filament of a print", () => {
  it("is shared out by weight", () => {
    const parts = filamentParts(
      [
        { material: "PLA", color: "#FF0000FF", used_g: 30 },
        { material: null, color: null, used_g: 10 },
        { material: "PETG", color: null, used_g: 0 },
      ],
      (value) => `${value} g`,
    );
    expect(parts.map(({ share, label }) => [share, label])).toEqual([
      [0.75, "PLA, 30 g"],
      [0.25, "unknown filament, 10 g"],
    ]);
    expect(filamentParts([{ material: "PLA", color: null, used_g: null }], String)).toEqual([]);
  });
});
