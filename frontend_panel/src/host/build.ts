/**
 * One build of ours per page. A page that stays open over an upgrade may be told to load the panel of one build and the cards
 * of another; element names can be given once only, so the first build stays and the other says that it is there.
 */

/** Given by `script/panel`. */
const BUILD = String(import.meta.env["VITE_ODIN_BUILD"] ?? "");
const OUTDATED = "odin-outdated";

interface Marked {
  odinBuild?: string;
  isOdinOutdated?: boolean;
}

/** Returns whether this build is the page's: it came first, or nobody else did. */
export function isBuildOfPage(page: Marked = globalThis as Marked): boolean {
  page.odinBuild ??= BUILD;
  return page.odinBuild === BUILD;
}

/** Says that another build is there by now; a reload brings it. */
export function tellOutdated(): void {
  (globalThis as Marked).isOdinOutdated = true;
  dispatchEvent(new Event(OUTDATED));
}

/** Returns whether another build is there by now. */
export function isOutdated(): boolean {
  return (globalThis as Marked).isOdinOutdated === true;
}

/** Calls `listener` when another build turns up; returns how to stop. */
export function onOutdated(listener: () => void): () => void {
  addEventListener(OUTDATED, listener);
  return () => {
    removeEventListener(OUTDATED, listener);
  };
}
