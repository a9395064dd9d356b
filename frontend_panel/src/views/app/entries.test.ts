import { expect, it } from "vitest";

import { examplePrinter } from "../../testing/example-printer";
import { nowhere } from "../../testing/surroundings";
import { entriesFor } from "./entries";
import { standIn } from "./surroundings";

standIn(nowhere);

const nothing = () => undefined;
const deeds = { pause: nothing, resume: nothing, stopEverything: nothing, showKeys: nothing, signOut: nothing };

function labels(permissions: readonly string[], printer = examplePrinter({ name: "Atlas" })): readonly string[] {
  return entriesFor([printer], permissions, deeds).map(({ label }) => label);
}

it("offers only what somebody may", () => {
  expect(labels([])).not.toContain("Emergency stop");
  expect(labels([])).not.toContain("Add a printer");
  expect(labels(["stop:printers", "manage:printers"])).toEqual(expect.arrayContaining(["Emergency stop", "Add a printer", "Atlas"]));
});

it("holds a running print, goes on with a held one, and leaves watched printers alone", () => {
  const capabilities = { ...examplePrinter().capabilities, commands: ["pause", "resume"] as const };
  const running = examplePrinter({ name: "Atlas", activity: "printing", is_live: true, capabilities });
  expect(labels(["control:printers"], running)).toContain("Pause Atlas");
  expect(labels(["control:printers"], { ...running, activity: "paused" })).toContain("Resume Atlas");
  expect(labels(["control:printers"], { ...running, is_observe_only: true })).not.toContain("Pause Atlas");
});
