import { expect, it } from "vitest";

import { selectLine } from "./line";
import { quiet } from "./live";
import { unknownSession } from "./session";

it("stays the same object while messages come in, and tells since when none do", () => {
  const live = { ...quiet, phase: "live" as const, heardAt: 1 };
  const state = (change: object) => ({ session: unknownSession, live: { ...live, ...change } });
  const line = selectLine(state({}));
  expect(selectLine(state({ heardAt: 2 }))).toBe(line);
  expect(line.lostAt).toBeNull();
  expect(selectLine(state({ heardAt: 2, phase: "lost" })).lostAt).toBe(2);
});
