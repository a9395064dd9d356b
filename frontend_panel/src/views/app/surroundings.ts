/**
 * What the panel stands in: pages of its own, or Home Assistant. The door says which, once and before anything is drawn
 * (`host/`); whatever differs between the two is asked for here, so that no view needs to know.
 */

import type { ThemeChoice } from "../../theme/theme";
import type { Section } from "../settings/section-entry";

export interface Surroundings {
  /** Returns the address of a path below the panel's first page, which is `""`. */
  address(path: string, query?: Readonly<Record<string, string>>): string;
  /** Returns the path below the panel's first page that a pathname stands for; `undefined` where that is no page of ours. */
  pathAt(pathname: string): string | undefined;
  /** Goes to an address of ours, so that the back button returns. */
  push(address: string): void;
  /** Calls `listener` after every move; `isReturn` is the back or forward button. Returns how to stop. */
  onMoved(listener: (isReturn: boolean) => void): () => void;
  /** Names the tab or window after the page. */
  setTitle(page: string): void;
  /** Key presses that belong to what stands around the panel, written as in `KEYS`; `Ctrl K` among them. */
  readonly foreignKeys: readonly string[];
  /** Whether keys may do something at all. */
  allowsKeys(): boolean;
  /** How the panel looks on this device, where that is for the panel to say. */
  readonly appearance: Appearance | undefined;
  /** The sections of the settings, in the order they are shown. */
  sections(): readonly Section[];
  /** Returns the address of one of the engine's own pages, where one can be told. */
  engineAddress(path: string): string | undefined;
  /** Whose work the panel stands on. */
  readonly licenses: string;
}

export interface Appearance {
  choice(): ThemeChoice;
  choose(choice: ThemeChoice): void;
}

let current: Surroundings | undefined;

/** Says where the panel stands. */
export function standIn(surroundings: Surroundings): void {
  current = surroundings;
}

/** Returns where the panel stands. */
export function surroundings(): Surroundings {
  if (!current) throw new Error("No door said where the panel stands.");
  return current;
}

export function scrollToTop(): void {
  scrollTo({ top: 0 });
}

/** Calls `listener` for every key pressed in the document; returns how to stop. */
export function onKey(listener: (event: KeyboardEvent) => void): () => void {
  document.addEventListener("keydown", listener);
  return () => {
    document.removeEventListener("keydown", listener);
  };
}

/**
 * Calls `listener` with every error of ours that nobody caught, among them those thrown while something is drawn. It
 * returns whether it dealt with it. Returns how to stop.
 */
export function onUncaught(listener: (error: unknown) => boolean): () => void {
  const failed = (event: ErrorEvent) => {
    if (isOurs(event.error) && listener(event.error)) event.preventDefault();
  };
  const rejected = (event: PromiseRejectionEvent) => {
    if (isOurs(event.reason) && listener(event.reason)) event.preventDefault();
  };
  addEventListener("error", failed);
  addEventListener("unhandledrejection", rejected);
  return () => {
    removeEventListener("error", failed);
    removeEventListener("unhandledrejection", rejected);
  };
}

/** Whether an error comes from the panel's files; a host has troubles of its own. */
function isOurs(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return import.meta.env.DEV || (error.stack ?? "").includes(new URL(/* @vite-ignore */ ".", import.meta.url).href);
}
