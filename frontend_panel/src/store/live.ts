/** What came over the live channel, and how well it is heard. Topics keep their last values while the line is down. */

import type { Patch, ServerMessage, Snapshot } from "../api/live-messages";
import type { Alert, Printer, Task } from "../api/types";
import type { Topic } from "./topic";
import { applyPatch, applySnapshot, emptyTopic } from "./topic";

export interface LiveState {
  /** `lost` only after the line was up once; values are then as old as `heardAt`. */
  readonly phase: "connecting" | "live" | "lost";
  /** When the line was last known to be good, in ms since the epoch. */
  readonly heardAt: number | null;
  /** How many attempts failed in a row. */
  readonly failures: number;
  /** Why the last attempt failed, in the engine's words; often empty. */
  readonly reason: string;
  readonly serverVersion: string | null;
  /** The engine was replaced since this page was loaded. */
  readonly isOutdated: boolean;
  readonly printers: Topic<Printer>;
  readonly alerts: Topic<Alert>;
  readonly tasks: Topic<Task>;
}

export type LiveAction =
  | { readonly type: "live/received"; readonly message: ServerMessage; readonly at: number }
  | { readonly type: "live/lost"; readonly reason: string }
  | { readonly type: "live/stopped" };

/** What the panel subscribes to; whoever may not see one gets an error for it and keeps it empty. */
export const TOPICS = ["printers", "alerts", "tasks"] as const;
export type TopicName = (typeof TOPICS)[number];

export const quiet: LiveState = {
  phase: "connecting",
  heardAt: null,
  failures: 0,
  reason: "",
  serverVersion: null,
  isOutdated: false,
  printers: emptyTopic<Printer>(),
  alerts: emptyTopic<Alert>(),
  tasks: emptyTopic<Task>(),
};

export function reduceLive(state: LiveState, action: LiveAction): LiveState {
  switch (action.type) {
    case "live/received":
      return received({ ...state, heardAt: action.at }, action.message);
    case "live/lost":
      return lost(state, action.reason);
    case "live/stopped":
      return quiet;
  }
}

function lost(state: LiveState, reason: string): LiveState {
  const phase = state.printers.revision === null ? "connecting" : "lost";
  return { ...state, phase, failures: state.failures + 1, reason };
}

function received(state: LiveState, message: ServerMessage): LiveState {
  switch (message.type) {
    case "hello":
      return hello(state, message.server_version);
    case "snapshot":
    case "patch":
      return isTopic(message.topic) ? applied(state, message.topic, message) : state;
    case "error":
      return message.topic === "printers" ? { ...state, reason: message.message } : state;
    case "event":
    case "pong":
      return state;
  }
}

function applied(state: LiveState, name: TopicName, message: Snapshot | Patch): LiveState {
  const topic: Topic<unknown> = state[name];
  const next = message.type === "snapshot" ? applySnapshot(topic, message) : applyPatch(topic, message);
  const after = { ...state, [name]: next };
  return name === "printers" && message.type === "snapshot" ? { ...after, phase: "live", failures: 0, reason: "" } : after;
}

function isTopic(name: string): name is TopicName {
  return (TOPICS as readonly string[]).includes(name);
}

function hello(state: LiveState, version: string): LiveState {
  const isOutdated = state.isOutdated || (state.serverVersion !== null && state.serverVersion !== version);
  return { ...state, serverVersion: state.serverVersion ?? version, isOutdated };
}
