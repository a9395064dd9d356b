/** As much of Home Assistant's `hass` object as the panel reads. Source: home-assistant/frontend, `src/types.ts`, 2026.10. */

import type { HomeAssistantLink } from "../api/home-assistant-connection";

export interface PanelHass extends HomeAssistantLink {
  readonly themes: { readonly darkMode: boolean };
  readonly locale: HassLocale;
  readonly config: { readonly time_zone: string };
  readonly user?: { readonly is_admin: boolean };
  readonly dockedSidebar: "docked" | "auto" | "always_hidden";
  readonly kioskMode: boolean;
  /** Somebody may have switched single keys off in the profile. */
  readonly enableShortcuts: boolean;
}

export interface HassLocale {
  readonly language: string;
  readonly number_format: string;
  readonly time_format: string;
  /** Whose clock counts: `local` is the browser's, `server` is Home Assistant's. */
  readonly time_zone: string;
}

export interface Route {
  /** Where the panel's addresses begin. */
  readonly prefix: string;
}
