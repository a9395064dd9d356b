/** A printer for tests: online, idle, nothing loaded, nothing wrong. */

import type { Fault, FilamentUnit, Job, Printer, Slot } from "../api/types";

export function examplePrinter(different: Partial<Printer> = {}): Printer {
  return {
    id: "p1",
    name: "Atlas",
    family: "bambu",
    host: "192.0.2.10",
    created_at: "2026-05-01T08:00:00Z",
    serial: "01P00A000000001",
    ports: {},
    pin_sha256: null,
    has_secret: true,
    has_camera_url: false,
    tags: [],
    position: 0,
    is_enabled: true,
    is_observe_only: false,
    is_in_maintenance: false,
    maintenance_note: "",
    plate: { is_gated: true, state: "clear", since: null, run_id: null },
    notes: "",
    heater_off_min: null,
    version: 1,
    link: "online",
    link_reason: null,
    control: "allowed",
    activity: "idle",
    job: null,
    temperatures: { nozzles: [{ current_c: 24.6, target_c: 0 }], bed: { current_c: 23.1, target_c: 0 }, chamber: null },
    fans: { part_pct: 0, aux_pct: null, chamber_pct: null, heatbreak_pct: null, aux_left_pct: null },
    speed: null,
    lights: [],
    nozzles: [],
    filament_units: [],
    active_slot: null,
    filament_change: "none",
    faults: [],
    detectors: [],
    cameras: [],
    firmware: { version: null, update: null, is_updating: false, modules: [] },
    model: { family: "bambu", id: "C12", name: "P1S", maker: null, serial: null },
    capabilities: {
      commands: [],
      heads: 1,
      nozzle_max_c: 300,
      bed_max_c: 100,
      chamber_max_c: null,
      fans: [],
      lights: [],
      speed_levels: [],
      calibrations: [],
      detectors: [],
      has_door_sensor: false,
      has_chamber_sensor: false,
      start_deadline_s: 60,
    },
    is_door_open: null,
    is_timelapse_on: null,
    storage: null,
    wifi_dbm: null,
    is_live: true,
    attention: null,
    link_text: "Online.",
    link_remedy: null,
    ...different,
  };
}

export function exampleJob(different: Partial<Job> = {}): Job {
  return {
    name: "Desk organiser",
    file: null,
    plate: 1,
    token: null,
    external_id: null,
    source: null,
    progress_pct: 62,
    prepare_pct: null,
    remaining_s: 8160,
    layer: 212,
    total_layers: 340,
    stage: null,
    stage_text: null,
    started_at: null,
    skipped_objects: [],
    ...different,
  };
}

export function exampleUnit(different: Partial<FilamentUnit> = {}): FilamentUnit {
  return {
    id: 0,
    kind: "ams",
    name: "AMS A",
    slots: [exampleSlot()],
    nozzle: null,
    temperature_c: null,
    humidity_pct: null,
    humidity_level: null,
    drying: null,
    serial: null,
    firmware: null,
    ...different,
  };
}

export function exampleSlot(different: Partial<Slot> = {}): Slot {
  return {
    id: 0,
    is_occupied: true,
    is_active: false,
    material: "PLA",
    preset_id: null,
    product: "PLA Basic",
    color: "#FF6A13FF",
    colors: [],
    color_kind: "solid",
    remaining_pct: 64,
    spool_weight_g: null,
    diameter_mm: 1.75,
    nozzle_min_c: null,
    nozzle_max_c: null,
    bed_c: null,
    drying_c: null,
    drying_hours: null,
    k: null,
    calibration_index: null,
    tag_uid: null,
    spool_uid: null,
    ...different,
  };
}

export function exampleFault(different: Partial<Fault> = {}): Fault {
  return {
    code: "0700-2000-0002-0001",
    kind: "health",
    severity: "common",
    text: "AMS A, slot 1: filament ran out.",
    module: null,
    unit: null,
    slot: null,
    help_url: null,
    ...different,
  };
}
