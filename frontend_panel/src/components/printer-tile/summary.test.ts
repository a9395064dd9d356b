import { describe, expect, it } from "vitest";

import { exampleFault, exampleJob, examplePrinter, exampleSlot, exampleUnit } from "../../testing/example-printer";
import { activeSlot, jobName, pill, ringPercent, worstFirst } from "./summary";

const OCCUPIED = { is_gated: true, state: "occupied", since: null, run_id: null } as const;

describe("the pill", () => {
  it.each([
    ["a bad link hides the rest", { is_live: false, link: "offline", activity: "printing" }, "offline", "Offline"],
    ["who needs a person says so", { attention: "0300", activity: "idle" }, "attention", "Needs you"],
    ["a pause of its own is one of these", { attention: "0700", activity: "paused" }, "attention", "Paused, needs you"],
    ["a pause by a person is not", { activity: "paused" }, "paused", "Paused"],
    ["an occupied plate follows an end", { activity: "finished", plate: OCCUPIED }, "plate", "Plate to clear"],
    ["a running print hides the plate", { activity: "printing", plate: OCCUPIED }, "printing", "Printing"],
    ["nothing heard yet is unknown", { activity: null }, "unknown", "Unknown"],
  ] as const)("%s", (_name, different, look, label) => {
    expect(pill(examplePrinter(different))).toEqual({ look, label });
  });

  it("shows a word of a newer engine as it is", () => {
    const printer = examplePrinter({ activity: "self_cleaning" as "idle" });
    expect(pill(printer)).toEqual({ look: "unknown", label: "self cleaning" });
  });
});

describe("the ring", () => {
  it("is full after the end, empty without a job, and follows the job between", () => {
    const job = exampleJob();
    expect(ringPercent(examplePrinter({ activity: "finished", job }))).toBe(100);
    expect(ringPercent(examplePrinter({ activity: "idle", job }))).toBeNull();
    expect(ringPercent(examplePrinter({ activity: "printing", job }))).toBe(62);
    expect(ringPercent(examplePrinter({ activity: "printing", job: null }))).toBeNull();
  });
});

describe("the job line", () => {
  it("names the job, its file, or why there is neither", () => {
    expect(jobName(examplePrinter({ activity: "printing", job: exampleJob() }))).toBe("Desk organiser");
    expect(jobName(examplePrinter({ activity: "printing", job: exampleJob({ name: null, file: "a.3mf" }) }))).toBe("a.3mf");
    expect(jobName(examplePrinter({ activity: "idle", job: exampleJob() }))).toBe("Ready");
    expect(jobName(examplePrinter({ activity: null }))).toBe("Nothing heard yet");
    expect(jobName(examplePrinter({ activity: "printing" }))).toBe("Print without a name");
  });
});

it("finds the slot that feeds by its reference, not by its place in a list", () => {
  const slots = [exampleSlot({ id: 0 }), exampleSlot({ id: 3, product: "PETG HF" })];
  const printer = examplePrinter({
    filament_units: [exampleUnit({ id: 128, kind: "ams_ht", name: "AMS HT A", slots })],
    active_slot: { unit: 128, slot: 3 },
  });
  expect(activeSlot(printer)?.product).toBe("PETG HF");
  expect(activeSlot({ ...printer, active_slot: { unit: 0, slot: 3 } })).toBeUndefined();
});

it("shows the worst fault first", () => {
  const fault = (code: string, severity: "info" | "fatal" | "common") => exampleFault({ code, severity });
  const faults = [fault("a", "info"), fault("b", "fatal"), fault("c", "common")];
  expect(worstFirst(faults).map(({ code }) => code)).toEqual(["b", "c", "a"]);
});
