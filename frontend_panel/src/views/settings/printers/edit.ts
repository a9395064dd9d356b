/** A printer's description as it is being edited: plain text until it is sent, and only what differs is sent. */

import type { ChangePrinter, Printer } from "../../../api/types";
import type { Reach } from "../../reach/reach";

/** An empty `secret` keeps the one there is. */
export interface Edit extends Reach {
  readonly name: string;
  /** Empty keeps the one there is. */
  readonly cameraUrl: string;
  readonly isCameraRemoved: boolean;
  readonly tags: readonly string[];
  readonly notes: string;
  readonly location: string;
  /** Minutes; empty is the engine's setting. */
  readonly heaterOff: string;
  readonly isEnabled: boolean;
  readonly isObserveOnly: boolean;
  readonly isPlateGated: boolean;
}

type Change = { -readonly [Name in keyof ChangePrinter]: ChangePrinter[Name] };

/** What is compared when somebody else was faster, and the words for it below `edit.` in the texts. */
const SHARED = ["name", "host", "serial", "ports", "options", "tags", "location", "notes", "heater_off_min", "is_enabled", "is_observe_only"] as const;
export type SharedField = (typeof SHARED)[number] | "is_plate_gated" | "other";

export function editOf(printer: Printer): Edit {
  return {
    name: printer.name,
    host: printer.host,
    serial: printer.serial ?? "",
    secret: "",
    ports: printer.ports,
    options: printer.options,
    cameraUrl: "",
    isCameraRemoved: false,
    tags: printer.tags,
    notes: printer.notes,
    location: printer.location,
    heaterOff: printer.heater_off_min === null ? "" : String(printer.heater_off_min),
    isEnabled: printer.is_enabled,
    isObserveOnly: printer.is_observe_only,
    isPlateGated: printer.plate.is_gated,
  };
}

/** Returns what was changed, as it is sent. */
export function changeOf(before: Edit, after: Edit): ChangePrinter {
  const change: Change = {};
  const differs = (name: keyof Edit) => !isSame(before[name], after[name]);
  if (differs("name")) change.name = after.name.trim();
  if (differs("host")) change.host = after.host.trim();
  if (differs("serial")) change.serial = after.serial.trim() || null;
  if (after.secret.trim() !== "") change.secret = after.secret.trim();
  if (differs("ports")) change.ports = after.ports;
  if (differs("options")) change.options = after.options;
  if (after.cameraUrl.trim() !== "") change.camera_url = after.cameraUrl.trim();
  else if (after.isCameraRemoved) change.camera_url = null;
  if (differs("tags")) change.tags = [...after.tags];
  if (differs("notes")) change.notes = after.notes;
  if (differs("location")) change.location = after.location.trim();
  if (differs("heaterOff")) change.heater_off_min = after.heaterOff.trim() === "" ? null : Number(after.heaterOff);
  if (differs("isEnabled")) change.is_enabled = after.isEnabled;
  if (differs("isObserveOnly")) change.is_observe_only = after.isObserveOnly;
  if (differs("isPlateGated")) change.is_plate_gated = after.isPlateGated;
  return change;
}

/** Returns which parts of the description differ between two versions; `other` where it is none that is shown. */
export function differences(before: Printer, after: Printer): readonly SharedField[] {
  const fields: SharedField[] = SHARED.filter((name) => !isSame(before[name], after[name]));
  if (before.plate.is_gated !== after.plate.is_gated) fields.push("is_plate_gated");
  return fields.length > 0 ? fields : ["other"];
}

/** Returns whether minutes as they are typed can be sent; the engine knows how many are too many. */
export function areMinutes(text: string): boolean {
  return /^\s*\d*\s*$/.test(text);
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
