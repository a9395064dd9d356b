/** A printer as it is being typed: plain text until it is sent. */

import type { Found, NewPrinter } from "../../api/types";

export interface Draft {
  readonly name: string;
  readonly family: string;
  readonly host: string;
  readonly serial: string;
  readonly secret: string;
  readonly ports: Readonly<Record<string, number>>;
  readonly isObserveOnly: boolean;
}

export const emptyDraft: Draft = {
  name: "",
  family: "",
  host: "",
  serial: "",
  secret: "",
  ports: {},
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
  };
}

/** Returns which of these fields still have to be filled. */
export function missing(draft: Draft, ...names: readonly ("name" | "host")[]): ReadonlySet<string> {
  return new Set(names.filter((name) => draft[name].trim() === ""));
}

/** Returns what is sent to the engine; it judges. */
export function newPrinter(draft: Draft): NewPrinter {
  return {
    name: draft.name.trim(),
    family: draft.family,
    host: draft.host.trim(),
    serial: draft.serial.trim() || null,
    secret: draft.secret.trim() || null,
    ports: draft.ports,
    is_observe_only: draft.isObserveOnly,
  };
}

/** Whether a check of one draft says nothing about the other: they lead to another machine, or with another code. */
export function isOtherConnection(a: Draft, b: Draft): boolean {
  const names = ["family", "host", "serial", "secret", "ports"] as const;
  return names.some((name) => a[name] !== b[name]);
}
