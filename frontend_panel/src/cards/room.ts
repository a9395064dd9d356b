/** How large a card is, and what it shows in the room it got; pure. */

import type { CardConfig } from "./config";

/** Source: Home Assistant's sections view; a row is 56 px high, a section 12 columns wide. */
export interface GridOptions {
  readonly columns: number;
  readonly rows: number | "auto";
  readonly min_columns: number;
  readonly min_rows?: number;
}

/** Returns what the card asks for in a section. */
export function gridOptions({ layout, hide_picture }: Pick<CardConfig, "layout" | "hide_picture">): GridOptions {
  if (layout === "full") return { columns: 12, rows: "auto", min_columns: 6 };
  return { columns: 6, rows: hide_picture ? 3 : 5, min_columns: 6, min_rows: 1 };
}

/** Returns the height in the masonry view, in units of 50 px. */
export function cardSize({ layout, hide_picture }: Pick<CardConfig, "layout" | "hide_picture">): number {
  const withoutPicture = layout === "full" ? 5 : 3;
  return hide_picture ? withoutPicture : withoutPicture + (layout === "full" ? 5 : 3);
}

/** Whether a section cuts the card to a number of rows. */
export function isCut(config: Pick<CardConfig, "layout" | "hide_picture" | "rows">, place: string | undefined): boolean {
  return place === "grid" && typeof (config.rows ?? gridOptions(config).rows) === "number";
}

export type Part = "help" | "faults" | "time" | "link" | "filament" | "temperatures" | "picture";

export interface Room {
  readonly layout: CardConfig["layout"];
  /** In px. */
  readonly width: number;
  /** In px; `null` where the card may be as high as it likes. */
  readonly height: number | null;
}

export interface Plan {
  /** `line` is one row, `stack` has its picture above, `beside` at the left. */
  readonly shape: "line" | "stack" | "beside";
  readonly shows: ReadonlySet<Part>;
}

/** A name, a ring and the time stand beside a picture from here on, in px; a full card has more to say. */
const BESIDE_FROM = { grid: 320, full: 560 } as const;
/** Below two rows of a section there is room for one line only; in px. */
const LINE_BELOW = 100;
/** A line that is narrower has no room for a button beside its words; in px. */
const LINE_HELP_FROM = 240;
/** Under that a picture shows nothing; in px. */
const PICTURE_LEAST = 84;
const PADDING = 24;
const GAP = 8;
const IDENTITY = 42;
/** What each part takes in height, in px, in the order they matter. */
const HEIGHTS: readonly (readonly [Exclude<Part, "picture">, number])[] = [
  ["help", 44],
  ["faults", 54],
  ["time", 26],
  ["link", 36],
  ["filament", 43],
  ["temperatures", 20],
];

/** Returns what a card shows of the parts there are: a full one all of them, a small one what fits. */
export function plan({ layout, width, height }: Room, wanted: ReadonlySet<Part>): Plan {
  const isBeside = wanted.has("picture") && width >= BESIDE_FROM[layout];
  if (height !== null && height < LINE_BELOW && layout === "grid") {
    return { shape: "line", shows: only(wanted, width < LINE_HELP_FROM ? [] : ["help"]) };
  }
  if (height === null || layout === "full") return { shape: isBeside ? "beside" : "stack", shows: wanted };
  const { shows, left } = filled(height, wanted);
  if (isBeside) return { shape: "beside", shows: new Set([...shows, "picture"]) };
  return { shape: "stack", shows: wanted.has("picture") ? withPicture(shows, left) : shows };
}

function filled(height: number, wanted: ReadonlySet<Part>) {
  let left = height - PADDING - IDENTITY;
  const shows = new Set<Part>();
  for (const [part, takes] of HEIGHTS) {
    if (!wanted.has(part) || left < takes + GAP) continue;
    shows.add(part);
    left -= takes + GAP;
  }
  return { shows, left };
}

/** Temperatures make room for a picture; where something is wrong, what is seen says more than the filament, too. */
function withPicture(shows: ReadonlySet<Part>, left: number): ReadonlySet<Part> {
  const kept = new Set(shows);
  let room = left;
  for (const part of shows.has("faults") ? (["temperatures", "filament"] as const) : (["temperatures"] as const)) {
    if (room >= PICTURE_LEAST) break;
    if (kept.delete(part)) room += heightOf(part) + GAP;
  }
  return room >= PICTURE_LEAST ? kept.add("picture") : shows;
}

function heightOf(part: Part): number {
  return HEIGHTS.find(([name]) => name === part)?.[1] ?? 0;
}

function only(parts: ReadonlySet<Part>, kept: readonly Part[]): ReadonlySet<Part> {
  return new Set(kept.filter((part) => parts.has(part)));
}
