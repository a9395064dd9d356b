import { describe, expect, it } from "vitest";

import type { ServerMessage } from "../api/live-messages";
import { examplePrinter } from "../testing/example-printer";
import type { LiveState } from "./live";
import { quiet, reduceLive } from "./live";

const hello: ServerMessage = { type: "hello", server_version: "0.1.0", api_version: 1 };
const snapshot: ServerMessage = {
  type: "snapshot",
  topic: "printers",
  revision: 1,
  data: { a: examplePrinter({ id: "a" }) },
};

function after(...messages: readonly ServerMessage[]): LiveState {
  return messages.reduce<LiveState>(
    (state, message, at) => reduceLive(state, { type: "live/received", message, at }),
    quiet,
  );
}

describe("the live line", () => {
  it("is live with the first snapshot, not with the hello", () => {
    expect(after(hello).phase).toBe("connecting");
    expect(after(hello, snapshot).phase).toBe("live");
  });

  it("keeps the last values when it is lost, and says since when", () => {
    const lost = reduceLive(after(hello, snapshot), { type: "live/lost", reason: "" });
    expect(lost).toMatchObject({ phase: "lost", heardAt: 1, failures: 1 });
    expect(Object.keys(lost.printers.items)).toEqual(["a"]);
  });

  it("stays connecting, and counts, while it never was up", () => {
    const failed = reduceLive(reduceLive(quiet, { type: "live/lost", reason: "" }), { type: "live/lost", reason: "" });
    expect(failed).toMatchObject({ phase: "connecting", failures: 2 });
  });

  it("is live again only with a new snapshot", () => {
    let state = reduceLive(after(hello, snapshot), { type: "live/lost", reason: "" });
    state = reduceLive(state, { type: "live/received", message: hello, at: 5 });
    expect(state.phase).toBe("lost");
    state = reduceLive(state, { type: "live/received", message: snapshot, at: 6 });
    expect(state).toMatchObject({ phase: "live", failures: 0 });
  });

  it("keeps what the engine says against it until it is live", () => {
    const said: ServerMessage = { type: "error", code: "forbidden", message: "Ask an administrator.", topic: "printers" };
    expect(after(hello, said)).toMatchObject({ phase: "connecting", reason: "Ask an administrator." });
    expect(after(hello, said, snapshot).reason).toBe("");
    expect(after(hello, { ...said, topic: "jobs" }).reason).toBe("");
  });

  it("notices that the engine was replaced", () => {
    expect(after(hello, hello).isOutdated).toBe(false);
    expect(after(hello, { ...hello, server_version: "0.2.0" }).isOutdated).toBe(true);
  });

  it("ignores topics it never asked for", () => {
    expect(after(hello, { ...snapshot, topic: "jobs" }).printers.items).toEqual({});
  });

  it("forgets everything with the login", () => {
    expect(reduceLive(after(hello, snapshot), { type: "live/stopped" })).toEqual(quiet);
  });
});
