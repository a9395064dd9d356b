import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Transport } from "../api/transport";
import { ApiError } from "../api/transport";
import { Uploads } from "./uploads";

interface Call {
  readonly path: string;
  readonly onProgress: (share: number) => void;
  readonly answer: (task: { id: string }) => void;
  readonly fail: (error: Error) => void;
}

/** An engine whose answers the test gives. */
function engine() {
  const sent: Call[] = [];
  const asked: string[] = [];
  const tasks: Record<string, unknown> = {};
  const unused = (): never => {
    throw new Error("nobody asks for that");
  };
  const transport: Transport = {
    request: (method: string, path: string) => {
      asked.push(`${method} ${path}`);
      const task = tasks[path.split("/")[2] ?? ""];
      return task instanceof Error ? Promise.reject(task) : Promise.resolve(task as never);
    },
    upload: (_method, path, _file, onProgress, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => {
          reject(new DOMException("no", "AbortError"));
        });
        sent.push({ path, onProgress, answer: resolve as never, fail: reject });
      }),
    sheet: unused,
    read: unused,
    address: unused,
    open: unused,
    onReturn: unused,
  };
  return { uploads: new Uploads(transport), sent, asked, tasks };
}

const file = new Blob(["abc"]);
const second = () => vi.advanceTimersByTimeAsync(1_000);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a file on its way", () => {
  it("goes to the engine, then to the printer, and is put away", async () => {
    const { uploads, sent, tasks } = engine();
    uploads.add("p1", "a b.3mf", file);
    expect(sent[0]?.path).toBe("/printers/p1/files/a%20b.3mf");
    sent[0]?.onProgress(0.5);
    expect(uploads.of("p1")[0]).toMatchObject({ phase: "sending", share: 0.5, size: 3 });
    tasks["t1"] = { id: "t1", state: "running", progress: 0.25 };
    sent[0]?.answer({ id: "t1" });
    await second();
    expect(uploads.of("p1")[0]).toMatchObject({ phase: "putting", share: 0.25 });
    tasks["t1"] = { id: "t1", state: "done", result: { note: null } };
    await second();
    expect(uploads.of("p1")[0]).toMatchObject({ phase: "done", reason: "" });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(uploads.of("p1")).toEqual([]);
  });

  it("waits for the one before, and not for another printer's", async () => {
    const { uploads, sent } = engine();
    uploads.add("p1", "a.3mf", file);
    uploads.add("p1", "b.3mf", file);
    uploads.add("p2", "c.3mf", file);
    expect(sent.map(({ path }) => path)).toEqual(["/printers/p1/files/a.3mf", "/printers/p2/files/c.3mf"]);
    sent[0]?.fail(new ApiError("The printer is full.", 409));
    await vi.advanceTimersByTimeAsync(0);
    expect(uploads.of("p1").map(({ phase }) => phase)).toEqual(["failed", "sending"]);
    expect(uploads.of("p1")[0]?.reason).toBe("The printer is full.");
  });

  it("that arrived and will not print says why, and stays", async () => {
    const { uploads, sent, tasks } = engine();
    uploads.add("p1", "a.3mf", file);
    tasks["t1"] = { id: "t1", state: "done", result: { note: "This project is not sliced." } };
    sent[0]?.answer({ id: "t1" });
    await second();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(uploads.of("p1")[0]).toMatchObject({ phase: "done", reason: "This project is not sliced." });
  });

  it("is sent once more where it failed", async () => {
    const { uploads, sent, tasks } = engine();
    uploads.add("p1", "a.3mf", file);
    tasks["t1"] = { id: "t1", state: "failed", error: { detail: "The plug was pulled." }, message: null };
    sent[0]?.answer({ id: "t1" });
    await second();
    const [failed] = uploads.of("p1");
    expect(failed).toMatchObject({ phase: "failed", reason: "The plug was pulled.", isRepeatable: true });
    uploads.again(failed?.id ?? 0);
    expect(sent).toHaveLength(2);
    expect(uploads.of("p1")[0]).toMatchObject({ phase: "sending", reason: "" });
  });

  it("is followed while the engine is away, and given up when it forgot", async () => {
    const { uploads, sent, tasks } = engine();
    uploads.add("p1", "a.3mf", file);
    tasks["t1"] = new ApiError("The engine does not answer.", 0);
    sent[0]?.answer({ id: "t1" });
    await second();
    await second();
    expect(uploads.of("p1")[0]?.phase).toBe("putting");
    tasks["t1"] = new ApiError("There is no such task.", 404);
    await second();
    expect(uploads.of("p1")[0]).toMatchObject({ phase: "failed", reason: "There is no such task." });
  });
});

describe("calling it off", () => {
  it("stops what is being sent, and the next one goes", async () => {
    const { uploads, sent } = engine();
    uploads.add("p1", "a.3mf", file);
    uploads.add("p1", "b.3mf", file);
    await uploads.cancel(1);
    await vi.advanceTimersByTimeAsync(0);
    expect(uploads.of("p1").map(({ name }) => name)).toEqual(["b.3mf"]);
    expect(sent).toHaveLength(2);
  });

  it("puts away what waits", async () => {
    const { uploads, sent } = engine();
    uploads.add("p1", "a.3mf", file);
    uploads.add("p1", "b.3mf", file);
    await uploads.cancel(2);
    expect(uploads.of("p1").map(({ name }) => name)).toEqual(["a.3mf"]);
    expect(sent).toHaveLength(1);
  });

  it("asks the engine once the file is there", async () => {
    const { uploads, sent, asked, tasks } = engine();
    uploads.add("p1", "a.3mf", file);
    tasks["t1"] = { id: "t1", state: "running", progress: 0.1 };
    sent[0]?.answer({ id: "t1" });
    await second();
    await uploads.cancel(1);
    expect(asked).toContain("POST /tasks/t1/cancel");
    expect(uploads.of("p1")[0]?.isCancelling).toBe(true);
    tasks["t1"] = { id: "t1", state: "cancelled" };
    await second();
    expect(uploads.of("p1")).toEqual([]);
  });
});

it("what is not sent says why, until it is put away", () => {
  const { uploads, sent } = engine();
  uploads.refuse("p1", "a.stl", 3, "Only .3mf.");
  expect(uploads.of("p1")[0]).toMatchObject({ phase: "failed", reason: "Only .3mf.", isRepeatable: false });
  uploads.again(1);
  expect(sent).toEqual([]);
  uploads.forget(1);
  expect(uploads.of("p1")).toEqual([]);
});
