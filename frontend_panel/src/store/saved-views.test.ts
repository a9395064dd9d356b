import { describe, expect, it } from "vitest";

import { PLAIN_VIEW } from "./preferences";
import { nameOf, readViews, renamed, withView, withoutView } from "./saved-views";

const PETG = { ...PLAIN_VIEW, materials: ["PETG", "PLA"] };
const views = [
  { name: "Night", view: PLAIN_VIEW },
  { name: "Tough", view: PETG },
];

describe("saved views", () => {
  it("are read back as they were written", () => {
    expect(readViews(JSON.stringify(views))).toEqual(views);
  });

  it.each([undefined, "", "{", "7", "null", "{}", '[null, 4, {"name": 4}, {"name": "  "}]'])("are none in %s", (text) => {
    expect(readViews(text)).toEqual([]);
  });

  it("keep what an older panel did not know as it is by default", () => {
    expect(readViews('[{"name": " Old ", "view": {"state": "free"}}]')).toEqual([{ name: "Old", view: { ...PLAIN_VIEW, state: "free" } }]);
  });

  it("are saved under a new name, or again under their own", () => {
    expect(withView(views, " Morning ", PETG).map(({ name }) => name)).toEqual(["Night", "Tough", "Morning"]);
    expect(withView(views, "night", PETG)).toEqual([{ name: "night", view: PETG }, views[1]]);
    expect(withView(views, " ", PETG)).toBe(views);
  });

  it("are called otherwise in their place, and a name belongs to one", () => {
    expect(renamed(views, "Night", "Late").map(({ name }) => name)).toEqual(["Late", "Tough"]);
    expect(renamed(views, "Night", "tough")).toEqual([{ name: "tough", view: PLAIN_VIEW }]);
    expect(renamed(views, "Night", "NIGHT").map(({ name }) => name)).toEqual(["NIGHT", "Tough"]);
    expect(renamed(views, "Night", "")).toBe(views);
  });

  it("go", () => {
    expect(withoutView(views, "Tough")).toEqual([views[0]]);
  });

  it("are known again, in whatever order their filters were chosen", () => {
    expect(nameOf(views, { ...PETG, materials: ["PLA", "PETG"] })).toBe("Tough");
    expect(nameOf(views, { ...PETG, size: "XL" })).toBeUndefined();
  });
});
