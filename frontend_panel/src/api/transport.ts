/**
 * The seam between the panel and the engine. Two implementations: `direct.ts` speaks to the engine that served the
 * page; `home-assistant.ts` lets Home Assistant relay the same calls under its own login.
 */

import type { ProblemDocument } from "./types";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface ChannelListener {
  /** One JSON message arrived. */
  received(message: unknown): void;
  /** The channel is gone, or never opened; `reason` is the engine's sentence, often empty. Called once. */
  closed(reason: string): void;
}

export interface Channel {
  /** Sends a JSON message; one that is sent while the channel is not open is dropped. */
  send(message: unknown): void;
  /** Closes without telling the listener. */
  close(): void;
}

export interface Transport {
  /**
   * Calls a path below `/api/v1` and returns the JSON answer, `undefined` for an empty one. `version` is the one that was
   * looked at: the engine refuses with 412 where there is another by now.
   * Throws `ApiError` for every answer that is not 2xx and for no answer at all.
   */
  request<T>(method: Method, path: string, body?: unknown, version?: number): Promise<T>;
  /**
   * Sends a file as the raw body to a path below `/api/v1` and returns the JSON answer. `onProgress` hears how much of it
   * left, from 0 to 1. POST is for large ones: Home Assistant's ingress streams the bodies of no other method.
   * Throws as `request` does, and an `AbortError` once `signal` is aborted.
   */
  upload<T>(
    method: "POST" | "PUT",
    path: string,
    file: Blob,
    onProgress: (share: number) => void,
    signal: AbortSignal,
  ): Promise<T>;
  /** Reads a list below `/api/v1` as CSV. Throws as `request` does. */
  sheet(path: string): Promise<string>;
  /**
   * Reads a path below `/api/v1` as it is and returns whatever the answer is; for what is fetched over and over, which no
   * address should be made for. Throws `ApiError` for no answer at all.
   */
  read(path: string, signal: AbortSignal): Promise<Response>;
  /** Returns an address that an `<img>` or a download link may use for a path below `/api/v1`. */
  address(path: string): Promise<string>;
  /** Opens the live channel. */
  open(listener: ChannelListener): Channel;
  /** Calls `listener` when a way that was cut may be open again; returns how to stop. */
  onReturn(listener: () => void): () => void;
}

/** The engine said no, or did not answer. `message` is a sentence for the person at the screen. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly problem: ProblemDocument | undefined;

  /** `status` is 0 when no answer came. */
  constructor(message: string, status: number, problem?: ProblemDocument) {
    super(message);
    this.status = status;
    this.problem = problem;
  }

  /** Returns what is wrong with one field of the body, named without its slash. */
  field(name: string): string | undefined {
    return this.problem?.errors?.find((error) => error.pointer.replace(/^#?\//, "") === name)?.detail;
  }
}
