/**
 * As much of Home Assistant's `hass` object as reaching an engine takes. All of it stays the same while the page lives,
 * although `hass` itself is another object with every state that changes.
 */

import { t } from "../localize";
import { isObject } from "./answers";

export interface HomeAssistantLink {
  readonly connection: HomeAssistantConnection;
  readonly auth: HomeAssistantAuth;
  /** Returns the whole address of a path at Home Assistant. */
  hassUrl(path: string): string;
  /** As `fetch`, with the login. Its headers must be a plain object: it writes a name into it. */
  fetchWithAuth(path: string, init: RequestInit): Promise<Response>;
}

export interface HomeAssistantAuth {
  readonly expired: boolean;
  readonly accessToken: string;
  /** The app that shows the page, where it is one; it may have a sidebar of its own. */
  readonly external?: { readonly config: { readonly hasSidebar: boolean } };
  refreshAccessToken(): Promise<void>;
}

/** Source: home-assistant-js-websocket 9, `Connection`. */
export interface HomeAssistantConnection {
  readonly connected: boolean;
  sendMessagePromise(message: Command): Promise<unknown>;
  subscribeMessage(
    callback: (event: unknown) => void,
    message: Command,
    options: { readonly resubscribe: boolean },
  ): Promise<() => Promise<unknown>>;
  addEventListener(type: "ready" | "disconnected", listener: () => void): void;
  removeEventListener(type: "ready" | "disconnected", listener: () => void): void;
}

export interface Command {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Returns what a command was refused with; a number where the connection is gone. */
export function codeOf(error: unknown): string {
  const said = isObject(error) && isObject(error["error"]) ? error["error"] : error;
  return isObject(said) && typeof said["code"] === "string" ? said["code"] : "";
}

/** Returns why a command came to nothing, in a sentence. */
export function sentenceOf(error: unknown): string {
  if (!isObject(error) || codeOf(error) === "") return t("host.unreachable");
  const { message } = error;
  return typeof message === "string" && message !== "" ? message : t("host.error", { code: codeOf(error) });
}
