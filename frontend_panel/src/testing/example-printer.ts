/** A printer for tests: online, idle, nothing loaded, nothing wrong. */

import type { Job, Printer, Slot } from "../api/types";

export function examplePrinter(different: Partial<Printer> = {}): Printer {
  return {
    id: "p1",
    name: "Atlas",
    position: 0,
    is_live: true,
    is_observe_only: false,
    attention: null,
    link: "online",
    link_text: "Online.",
    link_remedy: null,
    control: "allowed",
    activity: "idle",
    job: null,
    temperatures: { nozzles: [{ current_c: 24.6, target_c: 0 }], bed: { current_c: 23.1, target_c: 0 }, chamber: null },
    filament_units: [],
    active_slot: null,
    faults: [],
    model: { family: "bambu", id: "C12", name: "P1S" },
    plate: { is_gated: true, state: "clear" },
    ...different,
  };
}

export function exampleJob(different: Partial<Job> = {}): Job {
  return {
    name: "Desk organiser",
    file: null,
    plate: 1,
    progress_pct: 62,
    prepare_pct: null,
    remaining_s: 8160,
    layer: 212,
    total_layers: 340,
    stage: null,
    stage_text: null,
    ...different,
  };
}

export function exampleSlot(different: Partial<Slot> = {}): Slot {
  return {
    id: 0,
    is_occupied: true,
    material: "PLA",
    product: "PLA Basic",
    color: "#FF6A13FF",
    colors: [],
    color_kind: "solid",
    remaining_pct: 64,
    ...different,
  };
}
