/**
 * The live protocol as pure functions: a topic is a map of objects that starts with a snapshot and follows patches.
 * `null` in an object means unknown and is a value like any other; keys are never removed from inside an object.
 */

import type { Patch, Snapshot } from "../api/live-messages";

export interface Topic<T> {
  /** Revision of the last message applied; `null` before the first snapshot. */
  readonly revision: number | null;
  readonly items: Readonly<Record<string, T>>;
  /** A gap was seen: patches are useless until the next snapshot. */
  readonly isBehind: boolean;
}

export function emptyTopic<T>(): Topic<T> {
  return { revision: null, items: {}, isBehind: false };
}

/** Returns the topic as the snapshot has it; objects that did not change keep their identity. */
export function applySnapshot<T>(topic: Topic<T>, snapshot: Snapshot): Topic<T> {
  const items: Record<string, T> = {};
  for (const [id, value] of Object.entries(snapshot.data)) {
    const before = topic.items[id];
    items[id] = before !== undefined && isSame(before, value) ? before : (value as T);
  }
  return { revision: snapshot.revision, items, isBehind: false };
}

/**
 * Returns the topic after a patch. A patch that does not follow the last revision changes nothing but marks the topic
 * as behind; one that is older than what we have is ignored.
 */
export function applyPatch<T>(topic: Topic<T>, patch: Patch): Topic<T> {
  if (topic.revision === null || topic.isBehind || patch.revision <= topic.revision) return topic;
  if (patch.revision !== topic.revision + 1) return { ...topic, isBehind: true };
  const items: Record<string, T> = { ...topic.items };
  for (const [id, change] of Object.entries(patch.changed)) {
    items[id] = merge(items[id], change) as T;
  }
  for (const id of patch.removed) {
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a fresh copy, keyed by the engine's ids
    delete items[id];
  }
  return { revision: patch.revision, items, isBehind: false };
}

/** Returns `target` with `patch` laid over it: objects are merged, everything else is replaced. */
export function merge(target: unknown, patch: unknown): unknown {
  if (!isObject(patch) || !isObject(target)) return patch;
  const merged: Record<string, unknown> = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    merged[key] = merge(merged[key], value);
  }
  return merged;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
