/** What people write down about a card or badge. A mistake is told at once; what is missing has a default. */

import { t } from "../localize";
import type { TextKey } from "../localize";

export const LAYOUTS = ["grid", "full"] as const;
export type Layout = (typeof LAYOUTS)[number];

/** One of Home Assistant's own actions, such as `{action: "more-info"}`; Home Assistant reads the rest of it. */
export interface Action {
  readonly action: string;
  readonly [option: string]: unknown;
}

export interface BadgeConfig {
  /** Home Assistant's id of a printer's device; empty while none was chosen. */
  readonly device_id: string;
  readonly hide_name: boolean;
  /** What a tap does; `undefined` opens the printer in the panel. */
  readonly tap_action: Action | undefined;
}

export interface CardConfig extends Omit<BadgeConfig, "hide_name"> {
  readonly layout: Layout;
  readonly hide_picture: boolean;
  readonly hide_filament: boolean;
  readonly hide_temperatures: boolean;
  readonly hide_controls: boolean;
  /** How many rows of a section somebody gave it; `undefined` leaves it to the card. */
  readonly rows: number | "auto" | undefined;
}

type Raw = Readonly<Record<string, unknown>>;

/** Returns the config of a card. Throws an `Error` that says what is wrong with it. */
export function readCardConfig(config: unknown): CardConfig {
  const raw = read(config);
  const layout = raw["layout"] ?? "grid";
  const known = LAYOUTS.find((each) => each === layout);
  if (!known) throw wrong("lovelace.wrong.layout");
  return {
    device_id: device(raw),
    layout: known,
    hide_picture: flag(raw, "hide_picture"),
    hide_filament: flag(raw, "hide_filament"),
    hide_temperatures: flag(raw, "hide_temperatures"),
    hide_controls: flag(raw, "hide_controls"),
    tap_action: action(raw),
    rows: rowsOf(raw["grid_options"]),
  };
}

/** Returns the config of a badge. Throws an `Error` that says what is wrong with it. */
export function readBadgeConfig(config: unknown): BadgeConfig {
  const raw = read(config);
  return { device_id: device(raw), hide_name: flag(raw, "hide_name"), tap_action: action(raw) };
}

function read(config: unknown): Raw {
  if (!isObject(config)) throw wrong("lovelace.wrong.config");
  return config;
}

function device(raw: Raw): string {
  const id = raw["device_id"] ?? "";
  if (typeof id !== "string") throw wrong("lovelace.wrong.device");
  return id;
}

function flag(raw: Raw, name: string): boolean {
  const value = raw[name] ?? false;
  if (typeof value !== "boolean") throw wrong("lovelace.wrong.flag", { name });
  return value;
}

function action(raw: Raw): Action | undefined {
  const value = raw["tap_action"];
  if (value == null) return undefined;
  if (!isObject(value) || typeof value["action"] !== "string") throw wrong("lovelace.wrong.action");
  return value as Action;
}

/** The grid is Home Assistant's to check. */
function rowsOf(options: unknown): number | "auto" | undefined {
  const rows = isObject(options) ? options["rows"] : undefined;
  return typeof rows === "number" || rows === "auto" ? rows : undefined;
}

function isObject(value: unknown): value is Raw {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrong(key: TextKey, values?: Readonly<Record<string, string>>): Error {
  return new Error(t(key, values));
}
