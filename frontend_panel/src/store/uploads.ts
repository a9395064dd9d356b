/**
 * Files on their way to printers: one after another for each printer, followed until they are there. They go on while
 * somebody looks at another page of the panel.
 */

import { sendFile } from "../api/files";
import { cancelTask, readTask } from "../api/system";
import type { Transport } from "../api/transport";
import { ApiError } from "../api/transport";
import type { Task } from "../api/types";

/** `sending` goes to the engine, `putting` from there to the printer. */
export type UploadPhase = "waiting" | "sending" | "putting" | "done" | "failed";

export interface Sending {
  readonly id: number;
  readonly printerId: string;
  readonly name: string;
  readonly size: number;
  readonly phase: UploadPhase;
  /** How much of the phase is done, from 0 to 1. */
  readonly share: number;
  /** Why it failed; of a file that arrived, why it is not likely to print. */
  readonly reason: string;
  readonly isCancelling: boolean;
  /** Whether it can be sent once more. */
  readonly isRepeatable: boolean;
}

interface Way {
  shown: Sending;
  /** What is sent; `undefined` for what never is. */
  readonly file: Blob | undefined;
  abort: AbortController;
  taskId: string | undefined;
}

const FOLLOW_MS = 1_000;
/** How long one that arrived stays in view. */
const DONE_MS = 6_000;

/** Tells `changed` listeners whenever something moved. */
export class Uploads extends EventTarget {
  readonly #transport: Transport;
  readonly #ways = new Map<number, Way>();
  #next = 1;

  constructor(transport: Transport) {
    super();
    this.#transport = transport;
  }

  /** Returns what is on its way to a printer, or was and is not put away, the oldest first. */
  of(printerId: string): readonly Sending[] {
    return [...this.#ways.values()].map(({ shown }) => shown).filter((shown) => shown.printerId === printerId);
  }

  /** Sends a file once those before it are there. */
  add(printerId: string, name: string, file: Blob): void {
    this.#put(printerId, name, file.size, "waiting", "", file);
    this.#turn(printerId);
  }

  /** Shows a file that is not sent, and why. */
  refuse(printerId: string, name: string, size: number, reason: string): void {
    this.#put(printerId, name, size, "failed", reason, undefined);
  }

  /** Calls an upload off; what the printer has of it is removed there. */
  async cancel(id: number): Promise<void> {
    const way = this.#ways.get(id);
    if (!way || isOver(way.shown)) return;
    if (way.taskId === undefined) {
      way.abort.abort();
      if (way.shown.phase === "waiting") this.forget(id);
      return;
    }
    this.#show(way, { isCancelling: true });
    try {
      await cancelTask(this.#transport, way.taskId);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#show(way, { isCancelling: false });
    }
  }

  /** Sends one that failed once more. */
  again(id: number): void {
    const way = this.#ways.get(id);
    if (way?.file === undefined || way.shown.phase !== "failed") return;
    way.abort = new AbortController();
    way.taskId = undefined;
    this.#show(way, { phase: "waiting", share: 0, reason: "", isCancelling: false });
    this.#turn(way.shown.printerId);
  }

  /** Puts away one that has ended. */
  forget(id: number): void {
    this.#ways.delete(id);
    this.#tell();
  }

  #put(printerId: string, name: string, size: number, phase: UploadPhase, reason: string, file: Blob | undefined): void {
    const id = this.#next++;
    const isRepeatable = file !== undefined;
    const shown = { id, printerId, name, size, phase, reason, share: 0, isCancelling: false, isRepeatable };
    this.#ways.set(id, { shown, file, abort: new AbortController(), taskId: undefined });
    this.#tell();
  }

  /** Begins the next one, unless one is on its way: a printer takes one file at a time. */
  #turn(printerId: string): void {
    const ways = [...this.#ways.values()].filter(({ shown }) => shown.printerId === printerId);
    if (ways.some(({ shown }) => shown.phase === "sending" || shown.phase === "putting")) return;
    const next = ways.find(({ shown }) => shown.phase === "waiting");
    if (next) void this.#send(next);
  }

  async #send(way: Way): Promise<void> {
    const { id, printerId, name } = way.shown;
    this.#show(way, { phase: "sending" });
    try {
      const onProgress = (share: number) => {
        this.#show(way, { share });
      };
      const task = await sendFile(this.#transport, printerId, name, way.file ?? new Blob(), onProgress, way.abort.signal);
      way.taskId = task.id;
      this.#show(way, { phase: "putting", share: 0 });
      await this.#follow(way, task.id);
    } catch (error) {
      if (way.abort.signal.aborted) this.forget(id);
      else if (error instanceof ApiError) this.#show(way, { phase: "failed", reason: error.message });
      else throw error;
    } finally {
      this.#turn(printerId);
    }
  }

  async #follow(way: Way, taskId: string): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, FOLLOW_MS));
      const task = await this.#look(taskId);
      if (!task) continue;
      switch (task.state) {
        case "queued":
        case "running":
          this.#show(way, { share: task.progress });
          break;
        case "done":
          this.#arrived(way, textOf(task.result?.["note"]));
          return;
        case "failed":
          this.#show(way, { phase: "failed", reason: textOf(task.error?.["detail"]) || (task.message ?? "") });
          return;
        case "cancelled":
          this.forget(way.shown.id);
          return;
      }
    }
  }

  #arrived(way: Way, reason: string): void {
    this.#show(way, { phase: "done", share: 1, reason });
    if (reason !== "") return;
    setTimeout(() => {
      this.forget(way.shown.id);
    }, DONE_MS);
  }

  /** An engine that does not answer just now may have it still. */
  async #look(taskId: string): Promise<Task | undefined> {
    try {
      return await readTask(this.#transport, taskId);
    } catch (error) {
      if (error instanceof ApiError && (error.status === 0 || error.status >= 500)) return undefined;
      throw error;
    }
  }

  #show(way: Way, change: Partial<Sending>): void {
    way.shown = { ...way.shown, ...change };
    this.#tell();
  }

  #tell(): void {
    this.dispatchEvent(new Event("changed"));
  }
}

function isOver({ phase }: Sending): boolean {
  return phase === "done" || phase === "failed";
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

const byTransport = new WeakMap<Transport, Uploads>();

/** Returns the one list of an engine. */
export function uploadsOf(transport: Transport): Uploads {
  const known = byTransport.get(transport) ?? new Uploads(transport);
  byTransport.set(transport, known);
  return known;
}
