import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { MemoryConnection, link, refuse } from "../testing/home-assistant";
import { holdLine } from "./lines";

const SESSION = { name: "Mia", role: "viewer", permissions: ["read:printers"], must_change_password: false };
const HELLO = { type: "message", message: { type: "hello", server_version: "1", api_version: 1 } };
const PRINTERS = { type: "message", message: { type: "snapshot", topic: "printers", revision: 1, data: {} } };
const LONG_MS = 60_000;

/** A page that somebody looks at, as far as a live line asks for it. */
const page = Object.assign(new EventTarget(), { visibilityState: "visible" });

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("document", page);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function home(isAway = () => false) {
  return new MemoryConnection(({ type }) => {
    if (isAway()) refuse("unavailable", "The engine is away.");
    return type === "odin/session" ? SESSION : null;
  });
}

const settled = () => vi.advanceTimersByTimeAsync(0);

function greet(connection: MemoryConnection): void {
  for (const subscription of connection.subscriptions) {
    connection.send(subscription, HELLO);
    connection.send(subscription, PRINTERS);
  }
}

it("is one line, however many hold it", async () => {
  const connection = home();
  const card = holdLine(link(connection), "a");
  const panel = holdLine(link(connection), "a");
  await settled();
  greet(connection);
  expect(panel.store).toBe(card.store);
  expect(connection.of("odin/session")).toHaveLength(1);
  expect(connection.of("odin/live")).toHaveLength(1);
  expect(panel.store.state.session.phase).toBe("signed_in");
  expect(panel.store.state.live.phase).toBe("live");
  card.release();
  panel.release();
});

it("is another line for another engine, and for another connection", async () => {
  const [one, other] = [home(), home()];
  const held = [holdLine(link(one), "a"), holdLine(link(one), "b"), holdLine(link(other), "a")];
  await settled();
  expect(new Set(held.map(({ store }) => store)).size).toBe(3);
  expect(one.subscriptions).toHaveLength(2);
  for (const line of held) line.release();
});

it("outlives the way from one view to the next, and no more", async () => {
  const connection = home();
  const first = holdLine(link(connection), "a");
  await settled();
  first.release();
  first.release();
  await vi.advanceTimersByTimeAsync(2_000);
  const second = holdLine(link(connection), "a");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(second.store).toBe(first.store);
  expect(connection.subscriptions).toHaveLength(1);
  second.release();
  await vi.advanceTimersByTimeAsync(LONG_MS);
  expect(connection.subscriptions).toEqual([]);
  const told = connection.told.length;
  await vi.advanceTimersByTimeAsync(LONG_MS);
  expect(connection.told).toHaveLength(told);
  expect(holdLine(link(connection), "a").store).not.toBe(first.store);
});

it("is there once again soon after Home Assistant is back, with what was known meanwhile", async () => {
  const connection = home();
  const line = holdLine(link(connection), "a");
  await settled();
  greet(connection);
  const comeBack = connection.drop();
  await vi.advanceTimersByTimeAsync(LONG_MS);
  expect(line.store.state.live.phase).toBe("lost");
  expect(line.store.state.session.phase).toBe("signed_in");
  comeBack();
  await vi.advanceTimersByTimeAsync(2_000);
  greet(connection);
  expect(connection.subscriptions).toHaveLength(1);
  expect(line.store.state.live.phase).toBe("live");
  line.release();
});

it("tries an engine that is away again and again, and at once when asked to", async () => {
  let isAway = true;
  const connection = home(() => isAway);
  const line = holdLine(link(connection), "a");
  await settled();
  expect(line.store.state.session.phase).toBe("unreachable");
  await vi.advanceTimersByTimeAsync(LONG_MS);
  isAway = false;
  const asked = connection.of("odin/session").length;
  expect(asked).toBeGreaterThan(3);
  line.keeper.retry();
  await settled();
  expect(line.store.state.session.phase).toBe("signed_in");
  line.keeper.retry();
  expect(connection.of("odin/session")).toHaveLength(asked + 1);
  line.release();
});
