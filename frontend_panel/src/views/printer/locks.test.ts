import { describe, expect, it } from "vitest";

import { t } from "../../localize";
import { examplePrinter } from "../../testing/example-printer";
import { fileLock, knows, lockOf, startLock, uploadLock } from "./locks";

const operator = { mayControl: true, hearsEngine: true };

describe("a control", () => {
  it("exists where the machine knows the command", () => {
    const printer = examplePrinter();
    expect(knows({ ...printer, capabilities: { ...printer.capabilities, commands: ["pause"] } }, "pause")).toBe(true);
    expect(knows(printer, "pause")).toBe(false);
  });

  it("is free when nothing speaks against it", () => {
    expect(lockOf(examplePrinter(), "jog", operator)).toBe("");
  });

  it.each(["home", "jog", "calibrate", "send_gcode"] as const)("%s waits for the end of a print", (kind) => {
    for (const activity of ["preparing", "printing", "paused"] as const) {
      expect(lockOf(examplePrinter({ activity }), kind, operator)).toBe(t("lock.busy"));
    }
    expect(lockOf(examplePrinter({ activity: "finished" }), kind, operator)).toBe("");
  });

  it("loads and unloads in a pause, and not between two layers", () => {
    for (const kind of ["load_filament", "unload_filament"] as const) {
      expect(lockOf(examplePrinter({ activity: "printing" }), kind, operator)).toBe(t("lock.moving"));
      expect(lockOf(examplePrinter({ activity: "paused" }), kind, operator)).toBe("");
    }
    expect(lockOf(examplePrinter({ activity: "paused" }), "read_filament", operator)).toBe(t("lock.busy"));
  });

  it("says the first reason, as the engine would", () => {
    const printer = examplePrinter({ is_observe_only: true, link: "offline", link_text: "It is gone.", control: "refused" });
    expect(lockOf(printer, "pause", { mayControl: false, hearsEngine: false })).toBe(t("lock.not_live"));
    expect(lockOf(printer, "pause", { mayControl: false, hearsEngine: true })).toBe(t("lock.permission"));
    expect(lockOf(printer, "pause", operator)).toBe(t("lock.observe_only"));
    expect(lockOf({ ...printer, is_observe_only: false }, "pause", operator)).toBe("It is gone.");
    expect(lockOf({ ...printer, is_observe_only: false, link: "online" }, "pause", operator)).toBe(t("lock.refused"));
  });

  it("may still pause and stop a printer that went silent", () => {
    const printer = examplePrinter({ link: "stale", link_text: "Silent." });
    expect(lockOf(printer, "pause", operator)).toBe("");
    expect(lockOf(printer, "stop", operator)).toBe("");
    expect(lockOf(printer, "resume", operator)).toBe("Silent.");
  });
});

describe("a print", () => {
  it.each([
    [{ activity: "printing" as const }, t("lock.running")],
    [{ activity: "attention" as const }, t("lock.not_ready")],
    [{ plate: { is_gated: true, state: "occupied" as const, since: null, run_id: null } }, t("lock.plate")],
    [{ is_in_maintenance: true }, t("lock.maintenance")],
    [{ storage: "missing" as const }, t("lock.storage", { what: "missing" })],
    [{}, ""],
  ])("starts unless %o", (different, reason) => {
    expect(startLock(examplePrinter(different), operator)).toBe(reason);
  });
});

describe("a file", () => {
  it("is taken while a print runs, and where commands are refused", () => {
    expect(uploadLock(examplePrinter({ activity: "printing", control: "refused" }), operator)).toBe("");
  });

  it("is not taken where it could not arrive", () => {
    expect(uploadLock(examplePrinter({ storage: "missing" }), operator)).toContain("missing");
    expect(fileLock(examplePrinter({ storage: "missing" }), operator)).toBe("");
    expect(uploadLock(examplePrinter({ is_observe_only: true }), operator)).toBe(t("lock.observe_only"));
    expect(uploadLock(examplePrinter({ link: "offline", link_text: "It is away." }), operator)).toBe("It is away.");
    expect(uploadLock(examplePrinter(), { ...operator, mayControl: false })).toBe(t("lock.permission"));
    expect(uploadLock(examplePrinter(), { ...operator, hearsEngine: false })).toBe(t("lock.not_live"));
  });
});
