import { describe, expect, it } from "vitest";

import type { Part } from "./room";
import { cardSize, gridOptions, isCut, plan } from "./room";

const ALL: readonly Part[] = ["help", "faults", "time", "link", "filament", "temperatures", "picture"];
const PRINTING: readonly Part[] = ["time", "filament", "temperatures", "picture"];

/** So high are that many rows of a section. */
const rows = (count: number): number => count * 64 - 8;

function shown(height: number | null, wanted: readonly Part[], width = 240) {
  const { shape, shows } = plan({ layout: "grid", width, height }, new Set(wanted));
  return { shape, shows: ALL.filter((part) => shows.has(part)) };
}

describe("the room of a small card", () => {
  it("in one row is a line, with a button where there is room for one", () => {
    expect(shown(rows(1), ALL)).toEqual({ shape: "line", shows: ["help"] });
    expect(shown(rows(1), ALL, 180)).toEqual({ shape: "line", shows: [] });
  });

  it.each([
    [2, ["time"]],
    [3, ["time", "filament", "temperatures"]],
    [4, ["time", "filament", "picture"]],
    [5, ["time", "filament", "temperatures", "picture"]],
  ])("in %i rows shows what fits", (count, shows) => {
    expect(shown(rows(count), PRINTING)).toEqual({ shape: "stack", shows });
  });

  it("goes to what needs a person first", () => {
    expect(shown(rows(2), ALL).shows).toEqual(["help"]);
    expect(shown(rows(3), ALL).shows).toEqual(["help", "faults"]);
  });

  it("shows what is wrong rather than what is loaded", () => {
    const paused = [...PRINTING, "help", "faults"] as const;
    expect(shown(rows(5), paused).shows).toEqual(["help", "faults", "time", "picture"]);
  });

  it("has the picture beside the words where it is wide, however low", () => {
    expect(shown(rows(3), PRINTING, 480)).toEqual({ shape: "beside", shows: ["time", "filament", "temperatures", "picture"] });
    expect(shown(rows(2), PRINTING, 480)).toEqual({ shape: "beside", shows: ["time", "picture"] });
  });

  it("does not bound a full card, which can be scrolled", () => {
    const full = (width: number) => plan({ layout: "full", width, height: rows(3) }, new Set(ALL));
    expect(full(400)).toEqual({ shape: "stack", shows: new Set(ALL) });
    expect(full(600).shape).toBe("beside");
  });

  it("is enough for everything where nothing cuts it", () => {
    expect(shown(null, ALL)).toEqual({ shape: "stack", shows: ALL });
    expect(shown(null, ALL, 480).shape).toBe("beside");
    expect(shown(null, ["time"], 480).shape).toBe("stack");
  });
});

describe("the size a card asks for", () => {
  it("follows the layout and the picture", () => {
    expect(gridOptions({ layout: "grid", hide_picture: false })).toMatchObject({ columns: 6, rows: 5 });
    expect(gridOptions({ layout: "grid", hide_picture: true })).toMatchObject({ columns: 6, rows: 3 });
    expect(gridOptions({ layout: "full", hide_picture: false })).toEqual({ columns: 12, rows: "auto", min_columns: 6 });
    expect(cardSize({ layout: "full", hide_picture: false })).toBeGreaterThan(cardSize({ layout: "grid", hide_picture: false }));
  });

  it("is a number of rows only in a section", () => {
    const small = { layout: "grid", hide_picture: false, rows: undefined } as const;
    expect(isCut(small, "grid")).toBe(true);
    expect(isCut(small, "masonry")).toBe(false);
    expect(isCut({ ...small, rows: "auto" }, "grid")).toBe(false);
    expect(isCut({ ...small, layout: "full" }, "grid")).toBe(false);
    expect(isCut({ ...small, layout: "full", rows: 8 }, "grid")).toBe(true);
  });
});
