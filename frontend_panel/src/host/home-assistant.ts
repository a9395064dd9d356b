/** Home Assistant around the panel: its addresses lie below the panel's, and title, theme and most keys are its own. */

import { panelAddress, panelPath } from "./address";
import type { PanelHass } from "./hass";
import type { Surroundings } from "../views/app/surroundings";
import { guestSections } from "../views/settings/guest-sections";
import { engineSections, farmSections } from "../views/settings/sections";

export const INTEGRATION = "/config/integrations/integration/odin";

export class InHomeAssistant implements Surroundings {
  /** Its search field, and its own list of keys. The letters it takes (a, c, d, e, m) we do not use alone. */
  readonly foreignKeys = ["Ctrl K", "?"];
  /** Each of its themes sets it. */
  readonly appearance = undefined;
  hass: PanelHass | undefined;
  /** Where the panel's addresses begin. */
  prefix: string | undefined;
  /** The engine that addresses name; `undefined` where there is only one. */
  entryId: string | undefined;

  address(path: string, query?: Readonly<Record<string, string>>): string {
    return panelAddress(path, this.entryId, query, this.prefix);
  }

  pathAt(pathname: string): string | undefined {
    return panelPath(pathname, this.prefix);
  }

  push(address: string): void {
    history.pushState(null, "", address);
    dispatchEvent(new CustomEvent("location-changed", { detail: { replace: false } }));
  }

  onMoved(listener: (isReturn: boolean) => void): () => void {
    const moved = (isReturn: boolean) => {
      // On the way out of the panel the address is another page's already.
      if (this.pathAt(location.pathname) !== undefined) listener(isReturn);
    };
    const left = () => {
      moved(false);
    };
    const returned = () => {
      moved(true);
    };
    addEventListener("location-changed", left);
    addEventListener("popstate", returned);
    return () => {
      removeEventListener("location-changed", left);
      removeEventListener("popstate", returned);
    };
  }

  setTitle(): void {
    // The title is Home Assistant's: it names the panel as the sidebar does.
  }

  allowsKeys(): boolean {
    return this.hass?.enableShortcuts !== false;
  }

  sections() {
    const integration = this.hass?.user?.is_admin === true ? INTEGRATION : undefined;
    return [...farmSections(), ...guestSections(integration), ...engineSections()];
  }

  /** The address by which Home Assistant reaches the engine need not lead there from a browser. */
  engineAddress(): undefined {
    return undefined;
  }

  get licenses(): string {
    return new URL(/* @vite-ignore */ "../licenses.md", import.meta.url).href;
  }
}
