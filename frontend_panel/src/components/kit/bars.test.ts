import { describe, expect, it } from "vitest";

import { clearOf } from "./bars";

const VIEWPORT = 800;
const news = { top: 732, bottom: 784, left: 400, right: 900 };
const bar = (top: number, bottom: number, left = 300, right = 1000) => ({ top, bottom, left, right });

describe("news", () => {
  it("stand where they usually do", () => {
    expect(clearOf([], news, 16, VIEWPORT)).toBe(16);
    expect(clearOf([bar(100, 160)], news, 16, VIEWPORT)).toBe(16);
  });

  it("stand above a bar they would cover", () => {
    expect(clearOf([bar(720, 788)], news, 16, VIEWPORT)).toBe(88);
  });

  it("stand above one after the other", () => {
    expect(clearOf([bar(640, 700), bar(720, 788)], news, 16, VIEWPORT)).toBe(168);
  });

  it("leave alone what lies beside or below them, or takes no room", () => {
    expect(clearOf([bar(720, 788, 950, 1200)], news, 16, VIEWPORT)).toBe(16);
    expect(clearOf([bar(760, 800)], { ...news, top: 650, bottom: 702 }, 72, VIEWPORT)).toBe(72);
    expect(clearOf([bar(0, 0, 0, 0)], news, 16, VIEWPORT)).toBe(16);
    expect(clearOf([bar(760, 760)], news, 16, VIEWPORT)).toBe(16);
  });
});
