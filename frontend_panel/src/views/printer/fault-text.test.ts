import { describe, expect, it } from "vitest";

import { exampleFault, examplePrinter } from "../../testing/example-printer";
import { besidesPrompt, effectOf, worstFirst } from "./fault-text";

describe("faults", () => {
  it("stand with the worst first", () => {
    const all = (["info", "common", "fatal", "serious"] as const).map((severity) => exampleFault({ severity }));
    expect(worstFirst(all).map(({ severity }) => severity)).toEqual(["fatal", "serious", "common", "info"]);
  });

  it("leave to the question what only says that there is one", () => {
    const faults = [exampleFault({ code: "prompt" }), exampleFault({ code: "0300" })];
    const asking = examplePrinter({ faults, prompt: { text: "Go on?", choices: ["Yes"] } });
    expect(besidesPrompt(asking).map(({ code }) => code)).toEqual(["0300"]);
    expect(besidesPrompt({ ...asking, prompt: null })).toBe(faults);
  });

  it("say that the print waits for them, or how bad they are", () => {
    const paused = examplePrinter({ activity: "paused" });
    expect(effectOf(exampleFault({ kind: "print" }), paused)).toBe("The print waits until somebody acts.");
    expect(effectOf(exampleFault({ kind: "health", severity: "common" }), paused)).toBe("Needs a look; printing may go on.");
    expect(effectOf(exampleFault({ kind: "print" }), examplePrinter())).toBe("Needs a look; printing may go on.");
  });
});
