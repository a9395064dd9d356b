/** A printer as it is being typed: plain text until it is sent. */

import type { Found, NewPrinter } from "../../api/types";
import { missing as missingOf } from "../reach/reach";
import type { Field, Reach } from "../reach/reach";

export interface Draft extends Reach {
  readonly name: string;
  readonly family: string;
  /** What stands for the key that somebody approved at the machine; the key itself stays in the engine. */
  readonly keyRequest: string;
  readonly isObserveOnly: boolean;
}

export const emptyDraft: Draft = {
  name: "",
  family: "",
  host: "",
  serial: "",
  secret: "",
  keyRequest: "",
  ports: {},
  options: {},
  isObserveOnly: false,
};

/** Returns the draft with what a found machine tells; what a person typed as a name stays. */
export function draftOf(found: Found, draft: Draft): Draft {
  return {
    ...draft,
    name: draft.name.trim() || (found.name ?? found.model ?? ""),
    family: found.family,
    host: found.host,
    serial: found.serial ?? "",
    ports: found.ports,
    options: found.options,
  };
}

/** Returns the draft after somebody typed. */
export function changed(draft: Draft, change: Partial<Draft>): Draft {
  return {
    ...draft,
    // Ports belong to the machine that was found, not to another address.
    ...("host" in change ? { ports: {} } : {}),
    ...("secret" in change ? { keyRequest: "" } : {}),
    ...change,
  };
}

/** Returns the names of what still has to be filled; a key that was asked for is as good as one that was typed. */
export function missing(draft: Draft, fields: readonly Field[], needsName: boolean): ReadonlySet<string> {
  const lacking = missingOf(draft, fields).filter((name) => !(name === "secret" && draft.keyRequest));
  return new Set(needsName && draft.name.trim() === "" ? [...lacking, "name"] : lacking);
}

/** Returns what is sent to the engine; it judges. */
export function newPrinter(draft: Draft): NewPrinter {
  return {
    name: draft.name.trim(),
    family: draft.family,
    host: draft.host.trim(),
    serial: draft.serial.trim() || null,
    ...(draft.keyRequest ? { key_request: draft.keyRequest } : { secret: draft.secret.trim() || null }),
    ports: draft.ports,
    options: draft.options,
    is_observe_only: draft.isObserveOnly,
  };
}

/** Whether a check of one draft says nothing about the other: they lead to another machine, or with another code. */
export function isOtherConnection(a: Draft, b: Draft): boolean {
  const names = ["family", "host", "serial", "secret", "keyRequest", "ports", "options"] as const;
  return names.some((name) => a[name] !== b[name]);
}
