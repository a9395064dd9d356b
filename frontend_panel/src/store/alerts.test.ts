import { expect, it } from "vitest";

import type { Alert } from "../api/types";
import { byDay, newestFirst, unseen, worstFirst } from "./alerts";

function alert(id: string, raisedAt: string, severity: Alert["severity"] = "info"): Alert {
  return {
    id,
    kind: "fault",
    code: "fault",
    severity,
    printer_id: null,
    printer_name: null,
    title: id,
    detail: "",
    fault_code: null,
    help_url: null,
    raised_at: raisedAt,
    ended_at: null,
    dismissed_at: null,
    dismissed_by: null,
    count: 1,
  };
}

const noon = alert("noon", "2026-11-24T12:00:00.000Z");
const later = alert("later", "2026-11-24T12:30:00.000Z", "warning");
const before = alert("before", "2026-11-22T12:00:00.000Z", "critical");

it("puts the newest first, or what matters most", () => {
  expect(newestFirst([before, noon, later]).map(({ id }) => id)).toEqual(["later", "noon", "before"]);
  expect(worstFirst([noon, later, before]).map(({ id }) => id)).toEqual(["before", "later", "noon"]);
});

it("counts what nobody saw", () => {
  expect(unseen([noon, later], null)).toBe(2);
  expect(unseen([noon, later], "2026-11-24T12:00:00.000Z")).toBe(1);
});

it("groups by day", () => {
  const days = byDay([later, noon, before]);
  expect(days.map(({ alerts }) => alerts.map(({ id }) => id))).toEqual([["later", "noon"], ["before"]]);
});
