/**
 * The engines that something on a page of Home Assistant shows. Each has one live line, however many cards and panels look
 * at it, and keeps it for a moment when the last one goes: from a dashboard to the panel nothing is fetched anew.
 */

import type { HomeAssistantConnection, HomeAssistantLink } from "../api/home-assistant-connection";
import { HomeAssistantTransport } from "../api/home-assistant";
import type { Services } from "../services";
import { Keeper } from "../store/keeper";
import { Store } from "../store/store";
import { Toasts } from "../store/toasts";

const LINGERS_MS = 8_000;

/** What a view needs of its engine. Whoever holds one calls `release` once it shows nothing of it any more. */
export interface HeldLine extends Services {
  release(): void;
}

interface Line {
  readonly services: Services;
  users: number;
  ending: ReturnType<typeof setTimeout> | undefined;
}

const lines = new WeakMap<HomeAssistantConnection, Map<string, Line>>();

/** Returns the line to the engine of an entry, opened with its first user. */
export function holdLine(link: HomeAssistantLink, entryId: string): HeldLine {
  const all = lines.get(link.connection) ?? new Map<string, Line>();
  lines.set(link.connection, all);
  const line = all.get(entryId) ?? opened(link, entryId);
  all.set(entryId, line);
  line.users += 1;
  clearTimeout(line.ending);
  let isHeld = true;
  return {
    ...line.services,
    release: () => {
      if (!isHeld) return;
      isHeld = false;
      line.users -= 1;
      if (line.users === 0) line.ending = setTimeout(close, LINGERS_MS, all, entryId, line);
    },
  };
}

function opened(link: HomeAssistantLink, entryId: string): Line {
  const transport = new HomeAssistantTransport(link, entryId);
  const store = new Store();
  const keeper = new Keeper(transport, store);
  void keeper.start();
  return { services: { transport, store, keeper, toasts: new Toasts() }, users: 0, ending: undefined };
}

function close(all: Map<string, Line>, entryId: string, line: Line): void {
  all.delete(entryId);
  line.services.keeper.stop();
}
