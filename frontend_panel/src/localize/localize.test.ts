import { describe, expect, it } from "vitest";

import { en, parts } from "./en";
import { day, degrees, duration, lasting, percent, relative } from "./format";
import { plural, t, word } from ".";

describe("texts", () => {
  it("fill their places", () => {
    expect(t("card.layer_of", { layer: 3, total: 9 })).toBe("Layer 3 / 9");
    expect(t("card.layer_of", { layer: 3 })).toBe("Layer 3 / {total}");
  });

  it("count", () => {
    expect(plural("floor.printers", 1)).toBe("1 printer");
    expect(plural("floor.printers", 0)).toBe("0 printers");
  });

  it("show a word they do not know", () => {
    expect(word("state", "printing")).toBe("Printing");
    expect(word("state", "self_cleaning")).toBe("self cleaning");
  });

  it("are sorted, say something, and have every plural form of English", () => {
    for (const part of Object.values(parts)) {
      expect(Object.keys(part)).toEqual([...Object.keys(part)].sort());
    }
    const keys = Object.keys(en);
    expect(Object.values(en).every((text) => text.trim() !== "")).toBe(true);
    for (const key of keys.filter((each) => each.endsWith(".one"))) {
      expect(keys).toContain(key.replace(/one$/, "other"));
    }
  });
});

describe("parts", () => {
  it("have no key twice", () => {
    const all = Object.values(parts).flatMap((part) => Object.keys(part));
    expect(all.length).toBe(new Set(all).size);
  });
});

describe("numbers", () => {
  it("are rounded the way people read them", () => {
    expect(percent(62)).toBe("62 %");
    expect(degrees(219.6)).toBe("220°");
  });

  it.each([
    [20, "under a minute"],
    [61, "1 min"],
    [8160, "2 h 16 min"],
    [7200, "2 h 0 min"],
    [93_600, "1 d 2 h"],
  ])("%i s are %s", (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });

  it("last in seconds at first", () => {
    expect(lasting(40.4)).toBe("40 s");
    expect(lasting(-1)).toBe("0 s");
    expect(lasting(130)).toBe("2 min");
  });
});

describe("instants", () => {
  const now = new Date(2026, 10, 24, 14, 26);
  const before = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

  it("are told by their distance", () => {
    expect(relative(before(0.1), now)).toBe("just now");
    expect(relative(before(5), now)).toBe("5 min. ago");
    expect(relative(before(-125), now)).toBe("in 2 hr.");
    expect(relative(before(26 * 60), now)).toBe("yesterday");
  });

  it("are grouped by day", () => {
    expect(day(before(60), now)).toBe("Today");
    expect(day(before(24 * 60), now)).toBe("Yesterday");
  });
});
