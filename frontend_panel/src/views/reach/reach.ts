/** How a machine is reached, as it is being typed into the fields that its family names. */

import type { Family, Option } from "../../api/types";

export type Field = Family["fields"][number];

export interface Reach {
  readonly host: string;
  readonly serial: string;
  readonly secret: string;
  readonly ports: Readonly<Record<string, number>>;
  /** The family's own fields by name. */
  readonly options: Readonly<Record<string, Option>>;
}

const PORT = "ports/";
const OWN = ["host", "serial", "secret"] as const;
type Own = (typeof OWN)[number];

/** Returns what a field shows: what was typed, or its default. */
export function valueOf(reach: Reach, { name, default: otherwise }: Field): Option {
  if (isOwn(name)) return reach[name];
  const typed = name.startsWith(PORT) ? reach.ports[name.slice(PORT.length)] : reach.options[name];
  return typed ?? otherwise ?? "";
}

/** Returns the change that a value typed into a field makes. */
export function changeOf(reach: Reach, field: Field, value: Option): Partial<Reach> {
  const { name } = field;
  if (isOwn(name)) return { [name]: String(value) };
  if (name.startsWith(PORT)) {
    const port = Number(value);
    return { ports: changed(reach.ports, name.slice(PORT.length), value === "" || Number.isNaN(port) ? undefined : port) };
  }
  return { options: changed(reach.options, name, value === "" ? undefined : typedAs(field, value)) };
}

/** Returns the names of the fields that still have to be filled. */
export function missing(reach: Reach, fields: readonly Field[]): readonly string[] {
  return fields.filter((field) => field.is_required && String(valueOf(reach, field)).trim() === "").map(({ name }) => name);
}

/** Whether most people can leave a field as it is. */
export function isExtra({ name, kind, is_required: isRequired }: Field): boolean {
  return !isRequired && name !== "host" && name !== "serial" && kind !== "secret";
}

function changed<T>(values: Readonly<Record<string, T>>, name: string, value: T | undefined): Readonly<Record<string, T>> {
  const others = Object.fromEntries(Object.entries(values).filter(([key]) => key !== name));
  return value === undefined ? others : { ...others, [name]: value };
}

function isOwn(name: string): name is Own {
  return (OWN as readonly string[]).includes(name);
}

function typedAs({ kind, default: otherwise }: Field, value: Option): Option {
  const isNumber = kind === "number" || typeof otherwise === "number";
  return isNumber && typeof value === "string" && /^-?\d+$/.test(value.trim()) ? Number(value) : value;
}
