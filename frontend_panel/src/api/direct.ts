/** The transport of the standalone page: session cookie, CSRF header, and a WebSocket on the page's own origin. */

import { t } from "../localize";
import { isObject, parsed, refusal } from "./answers";
import { sent } from "./sending";
import type { Channel, ChannelListener, Method, Transport } from "./transport";
import { ApiError } from "./transport";

/** Relative to the page's `<base>`, so that a proxy may put the engine under a prefix. */
const BASE = "api/v1";
/** Longer than the slowest call, a connection check of a printer that does not answer. */
const PATIENCE_MS = 60_000;

export class DirectTransport implements Transport {
  #csrfToken: string | undefined;

  request<T>(method: Method, path: string, body?: unknown, version?: number): Promise<T> {
    return this.#again(() => this.#call<T>(method, path, body, version));
  }

  upload<T>(
    method: "POST" | "PUT",
    path: string,
    file: Blob,
    onProgress: (share: number) => void,
    signal: AbortSignal,
  ): Promise<T> {
    const address = new URL(BASE + path, document.baseURI).href;
    return this.#again(() => {
      const headers: Record<string, string> = this.#csrfToken === undefined ? {} : { "X-CSRF-Token": this.#csrfToken };
      return sent<T>({ method, address, headers, file, onProgress, signal });
    });
  }

  async sheet(path: string): Promise<string> {
    const options = { headers: { Accept: "text/csv" }, signal: AbortSignal.timeout(PATIENCE_MS) };
    const [response, text] = await answer(new URL(BASE + path, document.baseURI), options);
    if (!response.ok) throw refusal(response.status, parsed(text));
    return text;
  }

  async read(path: string, signal: AbortSignal): Promise<Response> {
    try {
      return await fetch(new URL(BASE + path, document.baseURI), { signal });
    } catch {
      throw new ApiError(t("error.unreachable"), 0);
    }
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

  onReturn(listener: () => void): () => void {
    addEventListener("online", listener);
    return () => {
      removeEventListener("online", listener);
    };
  }

  /** Calls, and once more with a new token: where another tab signed in anew, the cookie is its session's. */
  async #again<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ApiError) || error.problem?.code !== "csrf_refused") throw error;
      await this.#call("GET", "/auth/session");
      return call();
    }
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
    if (!response.ok) throw refusal(response.status, content);
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
