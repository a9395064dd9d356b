/** Telling one printer what to do. The engine answers when the machine confirmed it, and says why where it did not. */

import type { Transport } from "./transport";
import type { Accepted, Axis, Calibration, ConsoleLine, Light, PrintOrder, Sensitivity, SpeedLevel, StopOutcome } from "./types";

/** Returns the path of a printer, or of a verb of it. */
export function printerPath(id: string, verb = ""): string {
  return `/printers/${encodeURIComponent(id)}${verb === "" ? "" : `/${verb}`}`;
}

export function pausePrint(transport: Transport, id: string): Promise<void> {
  return transport.request("POST", printerPath(id, "pause"));
}

export function resumePrint(transport: Transport, id: string): Promise<void> {
  return transport.request("POST", printerPath(id, "resume"));
}

export function stopPrint(transport: Transport, id: string): Promise<void> {
  return transport.request("POST", printerPath(id, "stop"));
}

/** The strongest stop the printer has, past every rule; answers what it came to. */
export function emergencyStopOne(transport: Transport, id: string): Promise<StopOutcome> {
  return transport.request("POST", printerPath(id, "emergency-stop"));
}

export type Target =
  | { readonly nozzle: number; readonly nozzle_c: number }
  | { readonly bed_c: number }
  | { readonly chamber_c: number }
  | { readonly heater: string; readonly target_c: number };

/** Sets one target in °C, 0 for off. */
export function setTarget(transport: Transport, id: string, target: Target): Promise<void> {
  return transport.request("POST", printerPath(id, "temperature"), target);
}

export function setFan(transport: Transport, id: string, fan: string, percent: number): Promise<void> {
  return transport.request("POST", printerPath(id, "fan"), { fan, percent });
}

export function setSpeed(transport: Transport, id: string, level: SpeedLevel): Promise<void> {
  return transport.request("POST", printerPath(id, "speed"), { level });
}

/** Sets the speed factor, on machines that have one. */
export function setSpeedPercent(transport: Transport, id: string, percent: number): Promise<void> {
  return transport.request("POST", printerPath(id, "speed"), { percent });
}

/** Sets the extrusion factor. */
export function setFlow(transport: Transport, id: string, percent: number): Promise<void> {
  return transport.request("POST", printerPath(id, "flow"), { percent });
}

export function selectTool(transport: Transport, id: string, tool: number): Promise<void> {
  return transport.request("POST", printerPath(id, "tool"), { tool });
}

export function runMacro(transport: Transport, id: string, name: string): Promise<void> {
  return transport.request("POST", printerPath(id, `macros/${encodeURIComponent(name)}`));
}

export function answerPrompt(transport: Transport, id: string, choice: number): Promise<void> {
  return transport.request("POST", printerPath(id, "prompt"), { choice });
}

export function setPower(transport: Transport, id: string, device: string, isOn: boolean): Promise<void> {
  return transport.request("POST", printerPath(id, `power/${encodeURIComponent(device)}`), { is_on: isOn });
}

/** What the host of a machine can be told, whether or not it has its machine. */
export type HostVerb = "connect" | "disconnect" | "restart-firmware" | "restart-host";

export function tellHost(transport: Transport, id: string, verb: HostVerb): Promise<void> {
  return transport.request("POST", printerPath(id, verb));
}

/** Says which of Spoolman's spools is in use; `null` for none. */
export function setActiveSpool(transport: Transport, id: string, spool_id: number | null): Promise<void> {
  return transport.request("POST", printerPath(id, "spool"), { spool_id });
}

/** Returns what was said since that line, oldest first. */
export async function readConsole(transport: Transport, id: string, after: number): Promise<readonly ConsoleLine[]> {
  const answer = await transport.request<{ readonly items: readonly ConsoleLine[] }>("GET", printerPath(id, `console?after=${after}`));
  return answer.items;
}

export function setLight(transport: Transport, id: string, light: string, mode: Light["mode"]): Promise<void> {
  return transport.request("POST", printerPath(id, "light"), { light, mode });
}

export function setTimelapse(transport: Transport, id: string, enabled: boolean): Promise<void> {
  return transport.request("POST", printerPath(id, "timelapse"), { enabled });
}

export function setDetector(
  transport: Transport,
  id: string,
  name: string,
  setting: { enabled: boolean; sensitivity: Sensitivity | null; halts: boolean },
): Promise<void> {
  return transport.request("POST", printerPath(id, `detectors/${encodeURIComponent(name)}`), setting);
}

export function homeAxes(transport: Transport, id: string): Promise<void> {
  return transport.request("POST", printerPath(id, "home"));
}

export function jog(transport: Transport, id: string, axis: Axis, distance_mm: number): Promise<void> {
  return transport.request("POST", printerPath(id, "jog"), { axis, distance_mm });
}

export function calibrate(transport: Transport, id: string, routines: readonly Calibration[]): Promise<void> {
  return transport.request("POST", printerPath(id, "calibrate"), { routines });
}

export function clearErrors(transport: Transport, id: string): Promise<void> {
  return transport.request("POST", printerPath(id, "clear-errors"));
}

/** Asks the printer for everything it knows. */
export function refreshPrinter(transport: Transport, id: string): Promise<void> {
  return transport.request("POST", printerPath(id, "refresh"));
}

export function sendGcode(transport: Transport, id: string, lines: readonly string[]): Promise<void> {
  return transport.request("POST", printerPath(id, "gcode"), { lines });
}

/** Orders a print; that it runs is told by the printer's reports. */
export function startPrint(transport: Transport, id: string, order: PrintOrder): Promise<Accepted> {
  return transport.request("POST", printerPath(id, "print"), order);
}
