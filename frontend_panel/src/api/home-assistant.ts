/**
 * The transport inside Home Assistant: every call goes to Home Assistant under its login, and its integration passes it on
 * to the engine in the name of whoever is signed in there.
 */

import { t } from "../localize";
import { isObject, parsed, refusal } from "./answers";
import type { Command, HomeAssistantLink } from "./home-assistant-connection";
import { codeOf, sentenceOf } from "./home-assistant-connection";
import { openRelay } from "./relay";
import { sent } from "./sending";
import { signedPaths } from "./signed-paths";
import type { Channel, ChannelListener, Method, Transport } from "./transport";
import { ApiError } from "./transport";

/** Longer than the slowest call, a connection check of a printer that does not answer. */
const PATIENCE_MS = 60_000;
/**
 * When the connection is back, Home Assistant's page takes up its own subscriptions and ends some by the number they had
 * before. A subscription of ours that got that number would be ended instead, unheard.
 */
const SETTLED_MS = 1_000;
/** No route of the proxy: who somebody is follows from the login at Home Assistant. */
const SESSION = "/auth/session";
/** What the codes of commands would be as an answer's status. */
const STATUS: Readonly<Record<string, number>> = { unauthorized: 403, not_found: 404, unavailable: 503 };

export class HomeAssistantTransport implements Transport {
  readonly #link: HomeAssistantLink;
  readonly #entryId: string;

  /** `entryId` names the engine's entry in Home Assistant's configuration. */
  constructor(link: HomeAssistantLink, entryId: string) {
    this.#link = link;
    this.#entryId = entryId;
  }

  async request<T>(method: Method, path: string, body?: unknown, version?: number): Promise<T> {
    if (method === "GET" && path === SESSION) return (await this.#ask({ type: "odin/session" })) as T;
    const headers: Record<string, string> = { Accept: "application/json" };
    if (version !== undefined) headers["If-Match"] = `"${version}"`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const text = await this.#text(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    return parsed(text) as T;
  }

  async upload<T>(
    method: "POST" | "PUT",
    path: string,
    file: Blob,
    onProgress: (share: number) => void,
    signal: AbortSignal,
  ): Promise<T> {
    const { auth } = this.#link;
    try {
      if (auth.expired) await auth.refreshAccessToken();
    } catch {
      throw new ApiError(t("host.unreachable"), 0);
    }
    const headers = { Authorization: `Bearer ${auth.accessToken}` };
    return sent<T>({ method, address: this.#link.hassUrl(this.#proxied(path)), headers, file, onProgress, signal });
  }

  sheet(path: string): Promise<string> {
    return this.#text(path, { headers: { Accept: "text/csv" } });
  }

  async read(path: string, signal: AbortSignal): Promise<Response> {
    try {
      return await this.#link.fetchWithAuth(this.#proxied(path), { signal });
    } catch {
      throw new ApiError(t("host.unreachable"), 0);
    }
  }

  async address(path: string): Promise<string> {
    try {
      return this.#link.hassUrl(await signedPaths(this.#link.connection).of(this.#proxied(path)));
    } catch (error) {
      throw failed(error);
    }
  }

  open(listener: ChannelListener): Channel {
    return openRelay(this.#link.connection, this.#entryId, listener);
  }

  onReturn(listener: () => void): () => void {
    const { connection } = this.#link;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const settle = () => {
      clearTimeout(timer);
      timer = setTimeout(listener, SETTLED_MS);
    };
    connection.addEventListener("ready", settle);
    return () => {
      clearTimeout(timer);
      connection.removeEventListener("ready", settle);
    };
  }

  #proxied(path: string): string {
    return `/api/odin/${this.#entryId}${path}`;
  }

  async #ask(command: Command): Promise<unknown> {
    try {
      return await this.#link.connection.sendMessagePromise({ ...command, entry_id: this.#entryId });
    } catch (error) {
      throw failed(error);
    }
  }

  async #text(path: string, init: RequestInit): Promise<string> {
    let response: Response;
    let text: string;
    try {
      response = await this.#link.fetchWithAuth(this.#proxied(path), { ...init, signal: AbortSignal.timeout(PATIENCE_MS) });
      text = await response.text();
    } catch {
      throw new ApiError(t("host.unreachable"), 0);
    }
    if (!response.ok) throw refusal(response.status, parsed(text));
    return text;
  }
}

function failed(error: unknown): ApiError {
  return new ApiError(sentenceOf(error), isObject(error) ? (STATUS[codeOf(error)] ?? 500) : 0);
}
