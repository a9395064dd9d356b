import { describe, expect, it } from "vitest";

import { background, inkOn, isExtreme, parseColor } from "./color";

const color = (text: string) => {
  const parsed = parseColor(text);
  if (!parsed) throw new Error(`${text} is no colour`);
  return parsed;
};

describe("a filament's colour", () => {
  it("is read with and without its alpha", () => {
    expect(parseColor("#FF6A13FF")).toMatchObject({ css: "#ff6a13", isClear: false });
    expect(parseColor("#ff6a13")).toMatchObject({ css: "#ff6a13", isClear: false });
    expect(parseColor("#FFFFFF00")).toMatchObject({ css: "#ffffff", isClear: true });
  });

  it.each([null, undefined, "", "red", "#12345", "url(x)", "#ff6a13ff;}"])("%s is none", (text) => {
    expect(parseColor(text)).toBeUndefined();
  });

  it("gets ink that can be read on it", () => {
    expect(inkOn(color("#FFFFFFFF"))).toBe("#000000");
    expect(inkOn(color("#FF0000FF"))).toBe("#000000");
    expect(inkOn(color("#F2D24BFF"))).toBe("#000000");
    expect(inkOn(color("#161616FF"))).toBe("#ffffff");
    expect(inkOn(color("#1F5AC8FF"))).toBe("#ffffff");
  });

  it("gets a strong edge where it would vanish", () => {
    expect(isExtreme(color("#FFFFFFFF"))).toBe(true);
    expect(isExtreme(color("#000000FF"))).toBe(true);
    expect(isExtreme(color("#FF6A13FF"))).toBe(false);
  });

  it("is drawn in stripes or as a gradient when there are several", () => {
    const two = [color("#ff0000"), color("#0000ff")];
    expect(background(two, false)).toBe("linear-gradient(135deg, #ff0000 0% 50%, #0000ff 50% 100%)");
    expect(background(two, true)).toBe("linear-gradient(135deg, #ff0000, #0000ff)");
    expect(background([], false)).toBe("none");
  });
});
