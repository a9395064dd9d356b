/** Ways of looking at the floor that somebody gave names; kept on this device. */

import { keep, kept } from "./kept";
import type { FloorView } from "./preferences";
import { viewOf } from "./preferences";

export interface SavedView {
  readonly name: string;
  readonly view: FloorView;
}

export const VIEW_NAME_MOST = 40;
/** More than anybody chooses from. */
const VIEWS_MOST = 50;
const NAME = "odin.floor.views";

export function keptViews(): readonly SavedView[] {
  return readViews(kept(NAME));
}

export function keepViews(views: readonly SavedView[]): void {
  keep(NAME, JSON.stringify(views));
}

/** Returns what was written down, each name once; what makes no sense is left out. */
export function readViews(text: string | undefined): readonly SavedView[] {
  const read = listIn(text).flatMap((each): SavedView[] => {
    const { name, view } = Object(each) as { readonly name?: unknown; readonly view?: unknown };
    return typeof name === "string" && tidy(name) !== "" ? [{ name: tidy(name), view: viewOf(view) }] : [];
  });
  return read.reduce<readonly SavedView[]>((views, { name, view }) => withView(views, name, view), []);
}

/** Returns the views with one more, or with the one of that name changed. */
export function withView(views: readonly SavedView[], name: string, view: FloorView): readonly SavedView[] {
  const fresh = { name: tidy(name), view };
  if (fresh.name === "") return views;
  const isThere = views.some((each) => isNamed(each, fresh.name));
  return isThere ? views.map((each) => (isNamed(each, fresh.name) ? fresh : each)) : [...views, fresh].slice(-VIEWS_MOST);
}

/** Returns the views with one called otherwise, in its place; another that was called so goes. */
export function renamed(views: readonly SavedView[], from: string, to: string): readonly SavedView[] {
  const name = tidy(to);
  if (name === "") return views;
  return views
    .filter((each) => isNamed(each, from) || !isNamed(each, name))
    .map((each) => (isNamed(each, from) ? { ...each, name } : each));
}

export function withoutView(views: readonly SavedView[], name: string): readonly SavedView[] {
  return views.filter((each) => !isNamed(each, name));
}

/** Returns the name under which exactly this view is kept, `undefined` where it is not. */
export function nameOf(views: readonly SavedView[], view: FloorView): string | undefined {
  const wanted = written(view);
  return views.find((each) => written(each.view) === wanted)?.name;
}

/** The order in which filters were chosen says nothing. */
function written({ state, materials, tags, models, sort, size }: FloorView): string {
  return JSON.stringify([state, [...materials].sort(), [...tags].sort(), [...models].sort(), sort, size]);
}

function isNamed({ name }: SavedView, wanted: string): boolean {
  return name.toLowerCase() === tidy(wanted).toLowerCase();
}

function tidy(name: string): string {
  return name.trim().slice(0, VIEW_NAME_MOST);
}

function listIn(text: string | undefined): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
