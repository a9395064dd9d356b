/** How somebody likes to see the floor; kept on this device. */

import { keep, kept } from "./kept";

export const STATES = ["all", "printing", "needs", "free", "offline"] as const;
export type StateFilter = (typeof STATES)[number];
export const SORTS = ["needs", "ending", "state", "name", "model", "position"] as const;
export type Sort = (typeof SORTS)[number];
export const SIZES = ["S", "auto", "M", "L", "XL"] as const;
export type Size = (typeof SIZES)[number];

export interface FloorView {
  readonly state: StateFilter;
  /** Materials of which one has to be loaded; none for any. */
  readonly materials: readonly string[];
  /** Tags of which one has to be there; none for any. */
  readonly tags: readonly string[];
  /** Makes and models of which it has to be one; none for any. */
  readonly models: readonly string[];
  readonly sort: Sort;
  readonly size: Size;
}

export const PLAIN_VIEW: FloorView = { state: "all", materials: [], tags: [], models: [], sort: "needs", size: "auto" };
const NAME = "odin.floor";

export function keptView(): FloorView {
  return readView(kept(NAME));
}

export function keepView(view: FloorView): void {
  keep(NAME, JSON.stringify(view));
}

/** Returns what was written down; what an older or newer panel wrote there and this one does not know is left out. */
export function readView(text: string | undefined): FloorView {
  return viewOf(parsed(text));
}

/** Returns what a value says of a view, and the plain one for the rest. */
export function viewOf(value: unknown): FloorView {
  const read = Object(value) as Readonly<Record<string, unknown>>;
  return {
    state: oneOf(STATES, read["state"]) ?? PLAIN_VIEW.state,
    materials: words(read["materials"]),
    tags: words(read["tags"]),
    models: words(read["models"]),
    sort: oneOf(SORTS, read["sort"]) ?? PLAIN_VIEW.sort,
    size: oneOf(SIZES, read["size"]) ?? PLAIN_VIEW.size,
  };
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "{}");
  } catch {
    return {};
  }
}

function oneOf<T extends string>(known: readonly T[], value: unknown): T | undefined {
  return known.find((each) => each === value);
}

function words(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
