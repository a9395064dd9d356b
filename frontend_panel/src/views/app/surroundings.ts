/**
 * What the panel does to, and hears from, the document it stands in: title, keys, scroll, errors that nobody caught. Only
 * here, so that another host can be given something else.
 */

const PRODUCT = "O.D.I.N.";

/** Names the tab or window after the page. */
export function setTitle(page: string): void {
  document.title = page === "" ? PRODUCT : `${page} · ${PRODUCT}`;
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
