import { describe, expect, it } from "vitest";

import type { Alert, Session } from "../api/types";
import type { State } from "../store/store";
import { Store } from "../store/store";
import { examplePrinter } from "../testing/example-printer";
import { isSame, seenOf } from "./seen";

const AWAY = {
  id: "a1",
  kind: "connection",
  code: "offline",
  severity: "warning",
  printer_id: "p1",
  raised_at: "2026-05-01T09:12:00Z",
} as Alert;

function signedIn(store: Store, permissions: readonly string[]): void {
  store.dispatch({ type: "session/signed_in", session: { permissions } as unknown as Session });
}

function hear(store: Store, topic: "printers" | "alerts", data: Readonly<Record<string, unknown>>, revision = 1): void {
  store.dispatch({ type: "live/received", message: { type: "snapshot", topic, revision, data }, at: 5 });
}

function live(): Store {
  const store = new Store();
  signedIn(store, ["read:printers", "control:printers"]);
  hear(store, "printers", { p1: examplePrinter(), p2: examplePrinter({ id: "p2" }) });
  return store;
}

const seen = (state: State) => seenOf(state, "p1");

describe("what a card sees", () => {
  it("waits until something is known", () => {
    expect(seen(new Store().state)).toMatchObject({ engine: "waiting", maySee: true, printer: undefined });
  });

  it("is its printer, and what whoever looks may do", () => {
    expect(seen(live().state)).toMatchObject({
      engine: "there",
      maySee: true,
      mayControl: true,
      mayLook: false,
      isStale: false,
      heardAt: null,
      printer: { name: "Atlas" },
    });
  });

  it("is nothing for who may not", () => {
    const store = new Store();
    signedIn(store, []);
    expect(seen(store.state).maySee).toBe(false);
  });

  it("is an engine away when it never answered, and old values when it did", () => {
    const store = new Store();
    store.dispatch({ type: "session/unreachable" });
    expect(seen(store.state).engine).toBe("away");

    const heard = live();
    heard.dispatch({ type: "live/lost", reason: "" });
    expect(seen(heard.state)).toMatchObject({ engine: "there", isStale: true, heardAt: 5, printer: { name: "Atlas" } });
  });

  it("is the time since when the printer is away, as the alert about it says", () => {
    const store = live();
    hear(store, "alerts", { a1: AWAY });
    expect(seen(store.state).heardAt).toBe(Date.parse(AWAY.raised_at));
    expect(seenOf(store.state, "p2").heardAt).toBeNull();
  });

  it("stays the same while another printer reports", () => {
    const store = live();
    const before = seen(store.state);
    const patch = { type: "patch", topic: "printers", revision: 2, changed: { p2: { name: "Nord" } }, removed: [] } as const;
    store.dispatch({ type: "live/received", message: patch, at: 6 });
    expect(isSame(before, seen(store.state))).toBe(true);
    const own = { ...patch, revision: 3, changed: { p1: { name: "Nord" } } };
    store.dispatch({ type: "live/received", message: own, at: 7 });
    expect(isSame(before, seen(store.state))).toBe(false);
    expect(isSame(before, undefined)).toBe(false);
  });
});
