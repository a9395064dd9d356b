import { describe, expect, it } from "vitest";

import { exampleJob, examplePrinter } from "../testing/example-printer";
import type { Seen } from "./seen";
import { badgeLine, jobLine, lackOf, stateLine } from "./words";

const now = new Date(2026, 10, 24, 14, 26);
const endsAt = now.getTime() + 8_160_000;
const ending = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" }).format(endsAt);
const moment = { endsAt, isOld: false, now };
const printing = examplePrinter({ activity: "printing", job: exampleJob({ progress_pct: 62.8 }) });

describe("one line about a printer", () => {
  it("says how far a print is and when it ends", () => {
    expect(badgeLine(printing, moment)).toBe(`62 % · ${ending}`);
    expect(stateLine(printing, moment)).toBe(`Printing · ${ending}`);
  });

  it("says the state where there is no print", () => {
    expect(badgeLine(examplePrinter(), moment)).toBe("Idle");
    expect(jobLine(examplePrinter())).toBe("");
    expect(jobLine(printing)).toBe("Desk organiser");
  });

  it("says first that somebody is needed", () => {
    const paused = examplePrinter({ activity: "paused", attention: "Filament ran out.", job: exampleJob() });
    expect(badgeLine(paused, moment)).toBe("Needs you");
  });

  it("says that values are old, and names no hour they cannot know", () => {
    expect(badgeLine(printing, { ...moment, isOld: true })).toBe("Printing · not live");
    const away = examplePrinter({ ...printing, is_live: false, link: "offline" });
    expect(badgeLine(away, { ...moment, isOld: true })).toBe("Offline");
  });

  it("does without what the printer does not tell", () => {
    const mute = examplePrinter({ activity: "printing", job: exampleJob({ progress_pct: null, remaining_s: null }) });
    expect(badgeLine(mute, { ...moment, endsAt: null })).toBe("Printing");
  });
});

describe("why nothing is known of a printer", () => {
  const seen: Seen = {
    engine: "there",
    maySee: true,
    mayControl: true,
    mayLook: true,
    printer: printing,
    isStale: false,
    heardAt: null,
  };

  it("is told only where it is so", () => {
    expect(lackOf(seen)).toBeUndefined();
    expect(lackOf({ ...seen, printer: undefined, engine: "waiting" })).toBeUndefined();
    expect(lackOf({ ...seen, printer: undefined })).toBe("gone");
    expect(lackOf({ ...seen, printer: undefined, engine: "away" })).toBe("away");
    expect(lackOf({ ...seen, maySee: false, engine: "away" })).toBe("not_allowed");
  });
});
