/**
 * The engine's words, as far as the panel reads them. `null` is unknown, never "none". °C, %, seconds; colours are
 * `#RRGGBBAA`. Words of the engine are typed as the ones known today; a newer engine may send others.
 */

export interface WrongField {
  readonly pointer: string;
  readonly detail: string;
}

/** RFC 9457. `code` is stable; `detail` is a sentence that says what to do. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly errors?: readonly WrongField[];
}

export type Role = "admin" | "operator" | "viewer";

/** Who is asking and what it may do. */
export interface Session {
  readonly name: string;
  readonly display_name: string;
  readonly role: Role;
  readonly permissions: readonly string[];
  /** Somebody else chose the password: nothing but a new one is allowed. */
  readonly must_change_password: boolean;
}

export interface Setup {
  readonly is_needed: boolean;
}

export type LinkStatus =
  | "disabled"
  | "offline"
  | "connecting"
  | "no_report"
  | "online"
  | "stale"
  | "unauthorised"
  | "certificate_changed";

export type Activity =
  | "idle"
  | "preparing"
  | "printing"
  | "paused"
  | "finished"
  | "failed"
  | "cancelled"
  | "attention";

export type Severity = "fatal" | "serious" | "common" | "info";

export interface Heat {
  readonly current_c: number | null;
  readonly target_c: number | null;
}

export interface Temperatures {
  readonly nozzles: readonly Heat[];
  readonly bed: Heat | null;
  readonly chamber: Heat | null;
}

export interface SlotRef {
  readonly unit: number;
  readonly slot: number;
}

export interface Slot {
  readonly id: number;
  readonly is_occupied: boolean | null;
  readonly material: string | null;
  readonly product: string | null;
  readonly color: string | null;
  readonly colors: readonly string[];
  readonly color_kind: "solid" | "multi" | "gradient";
  readonly remaining_pct: number | null;
}

export interface FilamentUnit {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly slots: readonly Slot[];
}

export interface Job {
  readonly name: string | null;
  readonly file: string | null;
  readonly plate: number | null;
  readonly progress_pct: number | null;
  readonly prepare_pct: number | null;
  readonly remaining_s: number | null;
  readonly layer: number | null;
  readonly total_layers: number | null;
  readonly stage: string | null;
  readonly stage_text: string | null;
}

export interface Fault {
  readonly code: string;
  readonly severity: Severity;
  readonly text: string;
  readonly help_url: string | null;
}

export interface Model {
  readonly family: string;
  readonly id: string | null;
  readonly name: string | null;
}

/** The gate between one print and the next. */
export interface Plate {
  readonly is_gated: boolean;
  readonly state: "clear" | "occupied";
}

export interface Printer {
  readonly id: string;
  readonly name: string;
  readonly position: number;
  readonly is_live: boolean;
  readonly is_observe_only: boolean;
  readonly attention: string | null;
  readonly link: LinkStatus;
  readonly link_text: string;
  readonly link_remedy: string | null;
  readonly control: "allowed" | "refused" | "unknown";
  readonly activity: Activity | null;
  readonly job: Job | null;
  readonly temperatures: Temperatures;
  readonly filament_units: readonly FilamentUnit[];
  readonly active_slot: SlotRef | null;
  readonly faults: readonly Fault[];
  readonly model: Model | null;
  readonly plate: Plate;
}

/** What an emergency stop came to at one printer; `text` says what to do now. */
export interface StopOutcome {
  readonly printer_id: string;
  readonly name: string;
  readonly outcome: "confirmed" | "refused" | "no_answer";
  readonly text: string;
}

/** A make of printers that can be added. */
export interface Family {
  readonly name: string;
  readonly label: string;
}

/** A machine seen on the network; `is_known` when it is registered already. */
export interface Found {
  readonly family: string;
  readonly host: string;
  readonly serial: string | null;
  readonly model: string | null;
  readonly name: string | null;
  readonly ports: Readonly<Record<string, number>>;
  readonly is_known: boolean;
}

export interface NewPrinter {
  readonly name: string;
  readonly family: string;
  readonly host: string;
  readonly serial: string | null;
  readonly secret: string | null;
  readonly ports: Readonly<Record<string, number>>;
  readonly is_observe_only: boolean;
}

/** One step of a connection check; `ok` is `null` when it was not reached. */
export interface Check {
  readonly step: string;
  readonly ok: boolean | null;
  readonly detail: string;
  readonly remedy: string | null;
}

export interface Checked {
  readonly is_ok: boolean;
  readonly checks: readonly Check[];
}
