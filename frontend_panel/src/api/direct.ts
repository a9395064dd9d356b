/** The transport of the standalone page: session cookie, CSRF header, and a WebSocket on the page's own origin. */

import { t } from "../localize";
import type { Channel, ChannelListener, Method, Transport } from "./transport";
import { ApiError } from "./transport";
import type { ProblemDocument } from "./types";

/** Relative to the page's `<base>`, so that a proxy may put the engine under a prefix. */
const BASE = "api/v1";
/** Longer than the slowest call, a connection check of a printer that does not answer. */
const PATIENCE_MS = 60_000;

export class DirectTransport implements Transport {
  #csrfToken: string | undefined;

  async request<T>(method: Method, path: string, body?: unknown, version?: number): Promise<T> {
    try {
      return await this.#call<T>(method, path, body, version);
    } catch (error) {
      // Another tab signed in anew: the cookie is its session's, the token still ours.
      if (!(error instanceof ApiError) || error.problem?.code !== "csrf_refused") throw error;
      await this.#call("GET", "/auth/session");
      return this.#call<T>(method, path, body, version);
    }
  }

  async sheet(path: string): Promise<string> {
    const options = { headers: { Accept: "text/csv" }, signal: AbortSignal.timeout(PATIENCE_MS) };
    const [response, text] = await answer(new URL(BASE + path, document.baseURI), options);
    if (!response.ok) throw refusal(response, parsed(text));
    return text;
  }

  address(path: string): Promise<string> {
    return Promise.resolve(new URL(BASE + path, document.baseURI).href);
  }

  open(listener: ChannelListener): Channel {
    const address = new URL(`${BASE}/ws`, document.baseURI);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    const end = new AbortController();
    const { signal } = end;
    socket.addEventListener(
      "message",
      (event: MessageEvent<unknown>) => {
        listener.received(parsed(event.data));
      },
      { signal },
    );
    socket.addEventListener(
      "close",
      (event) => {
        end.abort();
        listener.closed(event.reason);
      },
      { signal },
    );
    return {
      send: (message) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
      },
      close: () => {
        end.abort();
        socket.close();
      },
    };
  }

  async #call<T>(method: Method, path: string, body?: unknown, version?: number): Promise<T> {
    const headers = new Headers({ Accept: "application/json" });
    if (version !== undefined) headers.set("If-Match", `"${version}"`);
    if (method !== "GET" && this.#csrfToken !== undefined) headers.set("X-CSRF-Token", this.#csrfToken);
    const options: RequestInit = { method, headers, signal: AbortSignal.timeout(PATIENCE_MS) };
    if (body !== undefined) {
      headers.set("Content-Type", "application/json");
      options.body = JSON.stringify(body);
    }
    const [response, text] = await answer(new URL(BASE + path, document.baseURI), options);
    const content = parsed(text);
    if (!response.ok) throw refusal(response, content);
    if (isObject(content) && typeof content["csrf_token"] === "string") this.#csrfToken = content["csrf_token"];
    return content as T;
  }
}

async function answer(address: URL, options: RequestInit): Promise<[Response, string]> {
  try {
    const response = await fetch(address, options);
    return [response, await response.text()];
  } catch {
    throw new ApiError(t("error.unreachable"), 0);
  }
}

function refusal(response: Response, content: unknown): ApiError {
  if (isObject(content) && typeof content["detail"] === "string") {
    return new ApiError(content["detail"], response.status, content as unknown as ProblemDocument);
  }
  return new ApiError(t("error.status", { status: response.status }), response.status);
}

function parsed(text: unknown): unknown {
  if (typeof text !== "string" || text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
