import { describe, expect, it } from "vitest";

import type { Printer } from "../api/types";
import { exampleFault, exampleJob, examplePrinter, exampleUnit } from "../testing/example-printer";
import { readCardConfig } from "./config";
import { partsOf } from "./parts";

const ME = { mayControl: true, isStale: false };

function parts(different: Partial<Printer>, config: object = {}, who = ME): readonly string[] {
  return [...partsOf(examplePrinter(different), readCardConfig(config), who)];
}

const commands: Partial<Printer> = {
  capabilities: { ...examplePrinter().capabilities, commands: ["resume", "clear_faults"] },
};

describe("the parts of a card", () => {
  it("of an idle machine are few", () => {
    expect(parts({})).toEqual(["temperatures", "picture"]);
  });

  it("of a print are its time and its filament, unless somebody left them out", () => {
    const printing = { activity: "printing", job: exampleJob(), filament_units: [exampleUnit()] } as const;
    expect(parts(printing)).toEqual(["time", "filament", "temperatures", "picture"]);
    const hide = { hide_filament: true, hide_temperatures: true, hide_picture: true };
    expect(parts(printing, hide)).toEqual(["time"]);
  });

  it("have a button for what gets it going again, and in full always", () => {
    const paused = { ...commands, activity: "paused", job: exampleJob() } as const;
    expect(parts(paused)).toContain("help");
    expect(parts({ ...commands, faults: [exampleFault()] })).toEqual(expect.arrayContaining(["help", "faults"]));
    expect(parts({ plate: { is_gated: true, state: "occupied", since: null, run_id: null } })).toContain("help");
    expect(parts({})).not.toContain("help");
    expect(parts({}, { layout: "full" })).toContain("help");
  });

  it("have no button for who may not press it, nor where somebody left them out", () => {
    const paused = { ...commands, activity: "paused", job: exampleJob() } as const;
    expect(parts(paused, {}, { ...ME, mayControl: false })).not.toContain("help");
    expect(parts(paused, { hide_controls: true })).not.toContain("help");
    expect(parts({ ...paused, is_live: false, link: "offline" })).not.toContain("help");
  });

  it("say since when nothing is heard, and why", () => {
    expect(parts({}, {}, { ...ME, isStale: true })).toContain("time");
    expect(parts({ is_live: false, link: "unauthorised" })).toEqual(expect.arrayContaining(["time", "link"]));
    expect(parts({ is_live: false, link: "disabled" })).not.toContain("link");
  });
});
