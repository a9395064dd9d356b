/**
 * Why a control cannot be used now, in words. The engine judges every command itself; this only tells beforehand, and in
 * the same order.
 */

import type { Printer } from "../../api/types";
import { t, word } from "../../localize";

/** A `CommandKind` of the engine, as `capabilities.commands` lists them. */
export type CommandKind =
  | "pause"
  | "resume"
  | "stop"
  | "set_light"
  | "set_speed"
  | "set_fan"
  | "set_nozzle_temperature"
  | "set_bed_temperature"
  | "set_chamber_temperature"
  | "home"
  | "jog"
  | "skip_objects"
  | "clear_faults"
  | "read_filament"
  | "load_filament"
  | "unload_filament"
  | "configure_slot"
  | "start_drying"
  | "stop_drying"
  | "calibrate"
  | "set_timelapse"
  | "set_detector"
  | "send_gcode"
  | "start_print"
  | "set_speed_percent"
  | "set_flow"
  | "set_heater"
  | "select_tool"
  | "run_macro"
  | "answer_prompt"
  | "set_power"
  | "set_active_spool"
  | "connect_machine"
  | "disconnect_machine"
  | "restart_firmware"
  | "restart_host";

/** Commands that move the machine by hand: never while a job runs. */
const HANDS_ON: ReadonlySet<CommandKind> = new Set([
  "home",
  "jog",
  "calibrate",
  "send_gcode",
  "read_filament",
  "select_tool",
  "disconnect_machine",
  "restart_firmware",
  "restart_host",
]);
/** Possible in a pause as well: a print that ran out goes on only after loading. */
const BETWEEN_LAYERS: ReadonlySet<CommandKind> = new Set(["load_filament", "unload_filament", "run_macro"]);
/** Worth trying at a printer that went silent. */
const URGENT: ReadonlySet<CommandKind> = new Set(["pause", "stop"]);
/** What a host does that has lost its machine: it brings it back. */
const FOR_THE_HOST: ReadonlySet<CommandKind> = new Set(["connect_machine", "restart_firmware", "restart_host", "set_power"]);
const RUNNING: ReadonlySet<Printer["activity"]> = new Set(["preparing", "printing", "paused"]);

export interface Asker {
  /** Whether whoever is signed in may control printers. */
  readonly mayControl: boolean;
  /** Whether the panel hears the engine. */
  readonly hearsEngine: boolean;
}

/** Whether the machine knows the command at all; without it there is no control. */
export function knows(printer: Printer, kind: CommandKind): boolean {
  return printer.capabilities.commands.includes(kind);
}

/** Returns why the command would be refused now, `""` where nothing speaks against it. */
export function lockOf(printer: Printer, kind: CommandKind, asker: Asker): string {
  if (!asker.hearsEngine) return t("lock.not_live");
  return everyLock(printer, kind, asker.mayControl) || busyLock(printer, kind);
}

function everyLock(printer: Printer, kind: CommandKind, mayControl: boolean): string {
  if (!mayControl) return t("lock.permission");
  if (printer.is_observe_only) return t("lock.observe_only");
  const isWorthTrying = printer.link === "stale" && URGENT.has(kind);
  const isForTheHost = printer.link_reason === "machine_away" && FOR_THE_HOST.has(kind);
  if (printer.link !== "online" && !isWorthTrying && !isForTheHost) return t("lock.link", { why: printer.link_text });
  return printer.control === "refused" ? t("lock.refused") : "";
}

function busyLock({ activity, link }: Printer, kind: CommandKind): string {
  // What a host without its machine says of a job is old.
  if (!RUNNING.has(activity) || (link !== "online" && FOR_THE_HOST.has(kind))) return "";
  if (HANDS_ON.has(kind)) return t("lock.busy");
  return BETWEEN_LAYERS.has(kind) && activity !== "paused" ? t("lock.moving") : "";
}

/** Returns why no file can be deleted from the printer now, `""` where nothing speaks against it. */
export function fileLock(printer: Printer, asker: Asker): string {
  if (!asker.hearsEngine) return t("lock.not_live");
  if (!asker.mayControl) return t("lock.permission");
  if (printer.is_observe_only) return t("lock.observe_only");
  return printer.link === "online" ? "" : t("lock.link", { why: printer.link_text });
}

/** Returns why no file can be sent to the printer now, `""` where nothing speaks against it. */
export function uploadLock(printer: Printer, asker: Asker): string {
  return fileLock(printer, asker) || storageLock(printer);
}

/** Returns why no print can be started now, `""` where nothing speaks against it. */
export function startLock(printer: Printer, asker: Asker): string {
  const lock = lockOf(printer, "start_print", asker);
  if (lock) return lock;
  if (RUNNING.has(printer.activity)) return t("lock.running");
  if (printer.activity === "attention" || printer.activity === null) return t("lock.not_ready");
  if (printer.plate.state === "occupied") return t("lock.plate");
  if (printer.is_in_maintenance) return t("lock.maintenance");
  if (printer.firmware.is_updating) return t("lock.firmware");
  return storageLock(printer);
}

function storageLock({ storage }: Printer): string {
  if (storage === null || storage === "ok") return "";
  return t("lock.storage", { what: word("storage", storage).toLowerCase() });
}
