import { expect, it } from "vitest";

import type { Alert } from "../../api/types";
import { exampleFault, exampleJob, examplePrinter } from "../../testing/example-printer";
import { itemsOf } from "./attention";

const NOON = new Date("2026-11-24T12:00:00");
const CAN_RESUME = { ...examplePrinter().capabilities, commands: ["resume"] };

function alert(different: Partial<Alert>): Alert {
  return {
    id: "a1",
    kind: "connection",
    code: "printer_offline",
    severity: "warning",
    printer_id: "p1",
    printer_name: "Atlas",
    title: "Atlas does not answer",
    detail: "Check that it is on.",
    fault_code: null,
    help_url: null,
    raised_at: "2026-11-24T11:00:00Z",
    ended_at: null,
    dismissed_at: null,
    dismissed_by: null,
    count: 1,
    ...different,
  };
}

it("says nothing while nobody is needed", () => {
  expect(itemsOf([examplePrinter()], [], NOON)).toEqual([]);
});

it("offers to resume what the printer paused, and tells why it did", () => {
  const printer = examplePrinter({
    activity: "paused",
    attention: "0700",
    faults: [exampleFault()],
    capabilities: CAN_RESUME,
  });
  const fault = alert({ kind: "fault", code: "fault_raised", title: "the same once more" });
  expect(itemsOf([printer], [fault], NOON)).toEqual([
    expect.objectContaining({ look: "attention", main: "resume", quiet: "open", reason: exampleFault().text }),
  ]);
});

it("leads to the question of a printer that asks one", () => {
  const prompt = { text: "Put in the red one, then go on.", choices: ["Go on"] };
  const printer = examplePrinter({ activity: "paused", attention: "prompt", prompt, capabilities: CAN_RESUME });
  expect(itemsOf([printer], [], NOON)).toEqual([
    expect.objectContaining({ look: "attention", main: "open", quiet: null, reason: prompt.text }),
  ]);
});

it("offers the plate from the printer, once", () => {
  const printer = examplePrinter({
    activity: "finished",
    job: exampleJob(),
    plate: { is_gated: true, state: "occupied", since: "2026-11-24T09:30:00", run_id: null },
  });
  const items = itemsOf([printer], [alert({ kind: "plate", code: "plate_to_clear", severity: "info" })], NOON);
  expect(items).toHaveLength(1);
  expect(items[0]).toMatchObject({ look: "plate", main: "clear", title: "Clear the plate of Atlas" });
  expect(items[0]?.reason).toContain("Desk organiser");
});

it("tries a lost connection again, but not one where somebody has to look", () => {
  const away = examplePrinter({ is_live: false, link: "offline" });
  expect(itemsOf([away], [alert({})], NOON)[0]).toMatchObject({ look: "offline", main: "reconnect" });
  expect(itemsOf([away], [alert({ code: "certificate_changed" })], NOON)[0]).toMatchObject({ main: "open", quiet: null });
});

it("leaves a lost printer out whose alert was dismissed", () => {
  expect(itemsOf([examplePrinter({ is_live: false, link: "offline" })], [], NOON)).toEqual([]);
});

it("lets a lost printer speak for itself where alerts may not be seen", () => {
  const away = examplePrinter({ is_live: false, link: "offline", link_text: "It does not answer." });
  expect(itemsOf([away], undefined, NOON)[0]).toMatchObject({ reason: "It does not answer.", main: "reconnect" });
  expect(itemsOf([{ ...away, is_in_maintenance: true }], undefined, NOON)).toEqual([]);
});

it("puts what stops a print before a plate, and a plate before a lost line", () => {
  const grave = examplePrinter({
    id: "p2",
    activity: "attention",
    attention: "0300",
    faults: [exampleFault({ severity: "fatal" })],
  });
  const full = examplePrinter({ id: "p3", activity: "finished", plate: { is_gated: true, state: "occupied", since: null, run_id: null } });
  const away = examplePrinter({ is_live: false, link: "offline" });
  expect(itemsOf([away, full, grave], [alert({})], NOON).map(({ look }) => look)).toEqual(["failed", "plate", "offline"]);
});

it("shows what concerns no printer, to be put away", () => {
  const full = alert({ kind: "system", printer_id: null, severity: "critical", title: "The disk is full" });
  expect(itemsOf([], [full], NOON)).toEqual([expect.objectContaining({ main: "dismiss", look: "failed", printerId: null })]);
});
