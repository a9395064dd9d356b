/** As much of Home Assistant's `hass` object as a card reads, and the events by which it asks Home Assistant for something. */

import type { HomeAssistantLink } from "../api/home-assistant-connection";
import type { PanelHass } from "../host/hass";

export interface Hass extends HomeAssistantLink, Pick<PanelHass, "config" | "locale"> {
  readonly devices: Devices;
  readonly entities: Entities;
  /** What the sidebar can lead to, by the first part of its address. */
  readonly panels: Readonly<Record<string, unknown>>;
}

export type Devices = Readonly<Record<string, Device>>;
export type Entities = Readonly<Record<string, Entity>>;

export interface Device {
  readonly id: string;
  readonly name: string | null;
  readonly name_by_user: string | null;
  /** Pairs of an integration and its own name for the device. */
  readonly identifiers: readonly (readonly [string, string])[];
  readonly config_entry_id?: string;
  readonly disabled_by?: string | null;
}

export interface Entity {
  readonly entity_id: string;
  readonly device_id?: string;
  /** The integration it comes from. */
  readonly platform?: string;
  readonly translation_key?: string;
}

/** Sends an event that Home Assistant's page listens for. */
export function tell(from: EventTarget, name: string, detail: unknown): void {
  from.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
}

/** Whether this is Home Assistant's own page; a Cast screen shows dashboards without panels around them. */
export function hasPanels(): boolean {
  return document.querySelector("home-assistant") !== null;
}
