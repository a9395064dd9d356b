import { afterEach, describe, expect, it, vi } from "vitest";

import { MemoryConnection, link, refuse } from "../testing/home-assistant";
import { HomeAssistantTransport } from "./home-assistant";
import type { ChannelListener } from "./transport";
import { ApiError } from "./transport";

const WELL = new MemoryConnection(() => null);

function proxy(status: number, body: string) {
  const asked: { readonly path: string; readonly init: RequestInit }[] = [];
  const transport = new HomeAssistantTransport(
    link(WELL, (path, init) => {
      asked.push({ path, init });
      return Promise.resolve(new Response(status === 204 ? null : body, { status }));
    }),
    "entry",
  );
  return { transport, asked };
}

afterEach(() => {
  vi.useRealTimers();
});

/** Lets everything run that waits for nothing but an answer at hand. */
const settled = () => new Promise((resolve) => setTimeout(resolve));

describe("a call", () => {
  it("goes through the proxy of its entry, with the version that was looked at", async () => {
    const { transport, asked } = proxy(200, '{"ok": true}');
    expect(await transport.request("PATCH", "/printers/a", { name: "Ada" }, 7)).toEqual({ ok: true });
    const [first] = asked;
    expect(first?.path).toBe("/api/odin/entry/printers/a");
    expect(first?.init.method).toBe("PATCH");
    expect(first?.init.body).toBe('{"name":"Ada"}');
    expect(first?.init.headers).toEqual({ Accept: "application/json", "If-Match": '"7"', "Content-Type": "application/json" });
  });

  it("returns nothing for an empty answer", async () => {
    expect(await proxy(204, "").transport.request("POST", "/printers/a/pause")).toBeUndefined();
  });

  it("throws the problem document, whoever wrote it", async () => {
    const problem = { type: "t", title: "T", status: 503, detail: "The engine is away.", code: "engine_unavailable" };
    const { transport } = proxy(503, JSON.stringify(problem));
    await expect(transport.request("GET", "/printers")).rejects.toMatchObject({ message: "The engine is away.", status: 503, problem });
  });

  it("says so where Home Assistant does not answer", async () => {
    const transport = new HomeAssistantTransport(link(WELL), "entry");
    const { signal } = new AbortController();
    for (const call of [transport.request("GET", "/printers"), transport.sheet("/audit"), transport.read("/x", signal)]) {
      await expect(call).rejects.toMatchObject({ status: 0, message: expect.stringContaining("Home Assistant") as string });
    }
  });

  it("reads lists as CSV", async () => {
    const { transport, asked } = proxy(200, "a,b");
    expect(await transport.sheet("/audit?limit=5")).toBe("a,b");
    expect(asked[0]?.path).toBe("/api/odin/entry/audit?limit=5");
    expect(asked[0]?.init.headers).toEqual({ Accept: "text/csv" });
  });
});

describe("the session", () => {
  it("is asked of Home Assistant, not of the proxy", async () => {
    const connection = new MemoryConnection(() => ({ name: "Mia" }));
    const transport = new HomeAssistantTransport(link(connection), "entry");
    expect(await transport.request("GET", "/auth/session")).toEqual({ name: "Mia" });
    expect(connection.told).toEqual([{ type: "odin/session", entry_id: "entry" }]);
  });

  it.each([
    ["unavailable", 503],
    ["not_found", 404],
    ["unauthorized", 403],
    ["home_assistant_error", 500],
  ])("is refused as %s with status %i and Home Assistant's sentence", async (code, status) => {
    const connection = new MemoryConnection(() => refuse(code, "Because."));
    const transport = new HomeAssistantTransport(link(connection), "entry");
    await expect(transport.request("GET", "/auth/session")).rejects.toMatchObject({ message: "Because.", status });
  });

  it("has no answer while the connection is down", async () => {
    const connection = new MemoryConnection(() => null);
    connection.drop();
    const call = new HomeAssistantTransport(link(connection), "entry").request("GET", "/auth/session");
    await expect(call).rejects.toBeInstanceOf(ApiError);
    await expect(call).rejects.toMatchObject({ status: 0 });
  });
});

describe("an address", () => {
  function signing() {
    let count = 0;
    const connection = new MemoryConnection(({ path }) => {
      count += 1;
      return { path: `${String(path)}?authSig=${count}` };
    });
    return { connection, transport: new HomeAssistantTransport(link(connection), "entry") };
  }

  it("is signed once for as long as it holds, whoever asks", async () => {
    vi.useFakeTimers();
    const { connection, transport } = signing();
    const other = new HomeAssistantTransport(link(connection), "entry");
    const first = await transport.address("/printers/a/job/picture");
    expect(first).toBe("http://home.local/api/odin/entry/printers/a/job/picture?authSig=1");
    expect(await other.address("/printers/a/job/picture")).toBe(first);
    expect(await transport.address("/printers/b/job/picture")).toMatch(/authSig=2$/);
    vi.advanceTimersByTime(24 * 3_600_000);
    expect(await transport.address("/printers/a/job/picture")).toMatch(/authSig=3$/);
  });

  it("is signed anew after Home Assistant was away: it may sign with another key", async () => {
    const { connection, transport } = signing();
    await transport.address("/x");
    connection.drop()();
    expect(await transport.address("/x")).toMatch(/authSig=2$/);
  });

  it("is not kept where it was refused", async () => {
    const answers: unknown[] = [{ path: "/signed" }];
    const connection = new MemoryConnection(() => {
      const answer = answers.shift();
      if (answer === undefined) refuse("unknown_error", "No.");
      return answer;
    });
    answers.unshift(undefined);
    const transport = new HomeAssistantTransport(link(connection), "entry");
    await expect(transport.address("/x")).rejects.toMatchObject({ message: "No." });
    expect(await transport.address("/x")).toBe("http://home.local/signed");
  });
});

describe("the live channel", () => {
  function listening() {
    const heard: unknown[] = [];
    const closed: string[] = [];
    const listener: ChannelListener = {
      received: (message) => heard.push(message),
      closed: (reason) => closed.push(reason),
    };
    return { heard, closed, listener };
  }

  function opened(answer: (type: string) => unknown = () => null) {
    const connection = new MemoryConnection(({ type }) => answer(type));
    const transport = new HomeAssistantTransport(link(connection), "entry");
    const { heard, closed, listener } = listening();
    const channel = transport.open(listener);
    const [subscription = 0] = connection.subscriptions;
    return { connection, transport, channel, heard, closed, subscription };
  }

  it("passes messages both ways", async () => {
    const { connection, channel, heard, subscription } = opened();
    // The engine's hello may overtake the answer to the command.
    connection.send(subscription, { type: "message", message: { type: "hello" } });
    channel.send({ type: "ping" });
    await settled();
    expect(heard).toEqual([{ type: "hello" }]);
    expect(connection.of("odin/live/send")).toEqual([
      { type: "odin/live/send", subscription, message: { type: "ping" } },
    ]);
  });

  it("ends once, with the engine's sentence", async () => {
    const { connection, channel, closed, heard, subscription } = opened();
    await settled();
    connection.send(subscription, { type: "closed", reason: "The engine stops.", code: 1012 });
    connection.send(subscription, { type: "message", message: { type: "pong" } });
    connection.drop();
    channel.send({ type: "ping" });
    expect(closed).toEqual(["The engine stops."]);
    expect(heard).toEqual([]);
    expect(connection.of("odin/live/send")).toEqual([]);
  });

  it("ends where it is refused, and where it could not be spoken on", async () => {
    const refused = opened(() => refuse("unavailable", "The engine is away."));
    const deaf = opened((type) => {
      if (type === "odin/live/send") refuse("not_found", "That live line is not open.");
      return null;
    });
    deaf.channel.send({ type: "ping" });
    await settled();
    expect(refused.closed).toEqual(["The engine is away."]);
    expect(deaf.closed).toEqual(["That live line is not open."]);
  });

  it("ends with Home Assistant's connection and is not opened again by it", async () => {
    const { connection, closed } = opened();
    await settled();
    connection.drop()();
    await settled();
    expect(closed).toEqual([""]);
    expect(connection.subscriptions).toEqual([]);
  });

  it("does not open while the connection is down, and tells when it is back and calm", async () => {
    vi.useFakeTimers();
    const connection = new MemoryConnection(() => null);
    const transport = new HomeAssistantTransport(link(connection), "entry");
    const returned = vi.fn();
    const stop = transport.onReturn(returned);
    const comeBack = connection.drop();
    const { closed, listener } = listening();
    transport.open(listener);
    expect(closed).toEqual([]);
    await vi.advanceTimersByTimeAsync(0);
    expect(closed).toEqual([""]);
    comeBack();
    expect(returned).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2_000);
    stop();
    connection.drop()();
    vi.advanceTimersByTime(2_000);
    expect(returned).toHaveBeenCalledOnce();
  });

  it("hangs up at Home Assistant when it is closed, also before it was open", async () => {
    const { connection, channel, closed } = opened();
    channel.close();
    await settled();
    expect(connection.subscriptions).toEqual([]);
    expect(connection.of("unsubscribe_events")).toHaveLength(1);
    expect(closed).toEqual([]);
  });
});
