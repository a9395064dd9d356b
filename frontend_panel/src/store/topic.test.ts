import { describe, expect, it } from "vitest";

import type { Patch, Snapshot } from "../api/live-messages";
import { applyPatch, applySnapshot, emptyTopic, merge } from "./topic";

interface Thing {
  readonly name: string;
  readonly job: { readonly progress: number | null } | null;
  readonly tags?: readonly string[];
}

const snapshot = (revision: number, data: Record<string, Thing>): Snapshot => ({
  type: "snapshot",
  topic: "things",
  revision,
  data,
});
const patch = (revision: number, changed: Record<string, unknown>, removed: string[] = []): Patch => ({
  type: "patch",
  topic: "things",
  revision,
  changed,
  removed,
});
const atlas: Thing = { name: "Atlas", job: { progress: 10 } };
const nord: Thing = { name: "Nord", job: null };
const begun = () => applySnapshot(emptyTopic<Thing>(), snapshot(1, { a: atlas, n: nord }));

describe("a snapshot", () => {
  it("is the whole truth", () => {
    const topic = applySnapshot(begun(), snapshot(7, { n: nord }));
    expect(topic).toEqual({ revision: 7, items: { n: nord }, isBehind: false });
  });

  it("keeps the identity of what is the same, so that nothing is drawn anew", () => {
    const topic = begun();
    const next = applySnapshot(topic, snapshot(2, { a: { ...atlas }, n: { ...nord, name: "Nord 2" } }));
    expect(next.items["a"]).toBe(topic.items["a"]);
    expect(next.items["n"]).toEqual({ name: "Nord 2", job: null });
  });
});

describe("a patch", () => {
  it("merges into objects and leaves the others alone", () => {
    const topic = begun();
    const next = applyPatch(topic, patch(2, { a: { job: { progress: 11 } } }));
    expect(next.items["a"]).toEqual({ name: "Atlas", job: { progress: 11 } });
    expect(next.items["n"]).toBe(topic.items["n"]);
    expect(topic.items["a"]).toEqual(atlas);
  });

  it("adds and removes whole objects", () => {
    const next = applyPatch(begun(), patch(2, { p: { name: "Pico", job: null } }, ["a"]));
    expect(Object.keys(next.items)).toEqual(["n", "p"]);
  });

  it("sets null as a value and never drops a key", () => {
    const next = applyPatch(begun(), patch(2, { a: { job: null } }));
    expect(next.items["a"]).toEqual({ name: "Atlas", job: null });
  });

  it("after a gap changes nothing and marks the topic as behind until a snapshot comes", () => {
    const behind = applyPatch(begun(), patch(3, { a: { name: "wrong" } }));
    expect(behind).toEqual({ ...begun(), isBehind: true });
    expect(applyPatch(behind, patch(4, { a: { name: "wrong" } }))).toBe(behind);
    expect(applySnapshot(behind, snapshot(5, { a: atlas })).isBehind).toBe(false);
  });

  it("that is old or comes before the first snapshot is ignored", () => {
    const topic = begun();
    expect(applyPatch(topic, patch(1, { a: { name: "old" } }))).toBe(topic);
    const empty = emptyTopic<Thing>();
    expect(applyPatch(empty, patch(1, { a: atlas }))).toBe(empty);
  });
});

describe("merge", () => {
  it("replaces lists and plain values, and fills what was null", () => {
    expect(merge({ tags: ["a", "b"], job: null }, { tags: ["c"], job: { progress: 1 } })).toEqual({
      tags: ["c"],
      job: { progress: 1 },
    });
    expect(merge({ a: 1 }, 2)).toBe(2);
    expect(merge(undefined, { a: 1 })).toEqual({ a: 1 });
  });
});
