/** What travels over `/api/v1/ws`; one `type` each. */

export interface Hello {
  readonly type: "hello";
  readonly server_version: string;
  readonly api_version: number;
}

export interface Snapshot {
  readonly type: "snapshot";
  readonly topic: string;
  readonly revision: number;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Patch {
  readonly type: "patch";
  readonly topic: string;
  readonly revision: number;
  readonly changed: Readonly<Record<string, unknown>>;
  readonly removed: readonly string[];
}

/** Something happened; the patches carry the truth. */
export interface LiveEvent {
  readonly type: "event";
  readonly name: string;
  readonly data: unknown;
  readonly at: string;
}

/** A message of ours could not be followed; the socket stays open. */
export interface Failure {
  readonly type: "error";
  readonly code: string;
  readonly message: string;
  readonly topic?: string | null;
}

export interface Pong {
  readonly type: "pong";
}

export type ServerMessage = Hello | Snapshot | Patch | LiveEvent | Failure | Pong;

export type ClientMessage =
  | { readonly type: "subscribe"; readonly topics: readonly string[]; readonly profile: "panel" | "entities" }
  | { readonly type: "resync"; readonly topic: string }
  | { readonly type: "ping" };

const SERVER_TYPES: ReadonlySet<string> = new Set(["hello", "snapshot", "patch", "event", "error", "pong"]);

/** Whether a message is one we know; a newer engine may send more, which is no fault. */
export function isServerMessage(message: unknown): message is ServerMessage {
  return (
    typeof message === "object" &&
    message !== null &&
    "type" in message &&
    typeof message.type === "string" &&
    SERVER_TYPES.has(message.type)
  );
}
