/**
 * The engine's words. `schema.ts` is made from the engine's own description (`npm run types`); what stands here are the
 * names the panel uses for some of them, and what the description cannot say. `null` is unknown, never "none". °C, %,
 * seconds; colours are `#RRGGBBAA`.
 */

import type * as schema from "./schema";

export type {
  Accepted,
  Activity,
  Axis,
  BulkAction,
  BulkChange,
  BulkResult,
  Calibration,
  Camera,
  Capabilities,
  Certificate,
  CertificateStatus,
  ChangePrinter,
  ChangeUser,
  Check,
  Climate,
  ConfigureSlotBody,
  ConsoleLine,
  Control,
  CreateToken,
  CreateUser,
  Detector,
  DryBody,
  Drying,
  DryingBounds,
  Family,
  Fans,
  Fault,
  FaultRecord,
  FilamentPreset,
  FilamentSensor,
  FilamentUnit,
  Fit,
  Heat,
  InstallNozzle,
  IssuedToken,
  Job,
  Light,
  LinkStatus,
  Model,
  Nozzle,
  NozzleInstall,
  NamedFan,
  NozzleStatus,
  PasswordRules,
  PercentBounds,
  Permission,
  Permissions,
  Plate,
  PowerDevice,
  Printer,
  ProblemDocument,
  Role,
  Run,
  Sample,
  Sensitivity,
  Sensor,
  Severity,
  Slot,
  SlotFit,
  SlotRef,
  Speed,
  SpeedLevel,
  StoredFile,
  Tag,
  Temperatures,
  Upload,
  WrongField,
} from "./schema";

export type AuditLine = schema.AuditOut;
/** Something a person should know of; it ends by itself or is dismissed. */
export type Alert = schema.AlertOut;
export type AlertSummary = schema.SummaryOut;
export type Checked = schema.CheckedOut;
/** A person of Home Assistant whose role is fixed here. */
export type FixedPerson = schema.PersonOut;
export type Found = schema.FoundOut;
/** A request for a key that a person approves at the machine; the key itself is never told. */
export type KeyRequest = schema.KeyRequest;
/** What a family's own field of a connection holds. */
export type Option = string | number | boolean;
/** The files on a printer, and which it takes. */
export type PrinterFiles = schema.FilesOut;
/** A plate of a file on a printer. */
export type FilePlate = schema.PlateOut;
export type PlateFilament = schema.PlateFilamentOut;
/** A run-time setting of the engine, with its bounds. */
export type EngineSetting = schema.SettingOut;
/** A signed-in browser. */
export type Login = schema.SessionOut;
export type Session = schema.WhoAmI;
export type Setup = schema.SetupStatus;
/** What an emergency stop came to at one printer; `text` says what to do now. */
export type StopOutcome = schema.Stopped;
export type NewPrinter = schema.CreatePrinter;
/** What the file of a print says about it. */
export type PrintDetails = schema.PrintDetailsOut;
export type PrintObject = schema.ObjectOut;
export type PrintOrder = schema.PrintBody;
export type SystemFacts = schema.SystemOut;
export type Task = schema.OdinEngineSystemWireTaskOut;

/** A program's key, without its secret. */
export type Token = schema.TokenOut;
export type User = schema.UserOut;

/** What a list answers. */
export interface Items<T> {
  readonly items: readonly T[];
}

/** What a list that comes in pages answers; `next_cursor` is `null` on the last. */
export interface Page<T> extends Items<T> {
  readonly next_cursor: string | null;
  readonly total: number;
}
