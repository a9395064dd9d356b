/** The heaters of a printer in the order people look at them: nozzles as they sit, bed, chamber, others. */

import type { Heat, Printer, Sample } from "../../api/types";
import { named, t } from "../../localize";
import { headNumber } from "../../localize/heads";
import type { CommandKind } from "./locks";

export interface Heater {
  readonly key: string;
  readonly name: string;
  readonly kind: "nozzle" | "bed" | "chamber" | "other";
  /** Which head, for a nozzle: 0 is the right or only one. */
  readonly head: number;
  readonly heat: Heat | null;
  /** The most it may be told, in °C; `null` where it cannot be told anything. */
  readonly max_c: number | null;
  readonly command: CommandKind;
  /** Whether this nozzle is the one that prints, where there are two. */
  readonly isInUse: boolean;
}

export function heaters({ temperatures, capabilities, nozzles }: Printer): readonly Heater[] {
  const heads = Math.max(temperatures.nozzles.length, capabilities.nozzle_max_c === null ? 0 : capabilities.heads);
  const found = Array.from({ length: heads }, (_, head) => ({
    key: nozzleKey(head),
    name: nozzleName(head, heads, capabilities.head_names),
    kind: "nozzle" as const,
    head,
    heat: temperatures.nozzles[head] ?? null,
    max_c: capabilities.nozzle_max_c,
    command: "set_nozzle_temperature" as const,
    isInUse: heads > 1 && nozzles.some((nozzle) => nozzle.id === head && nozzle.is_active),
  }));
  return [
    // The left one is 1, tools count from the left.
    ...(capabilities.head_names === "sides" ? found.reverse() : found),
    ...plain("bed", temperatures.bed, capabilities.bed_max_c, "set_bed_temperature"),
    ...plain("chamber", temperatures.chamber, capabilities.chamber_max_c, "set_chamber_temperature"),
    ...temperatures.others.map((heat) => ({
      key: `other-${heat.name}`,
      name: named("heater_named", heat.name),
      kind: "other" as const,
      head: 0,
      heat,
      max_c: capabilities.heaters.find(({ name }) => name === heat.name)?.max_c ?? null,
      command: "set_heater" as const,
      isInUse: false,
    })),
  ];
}

function plain(kind: "bed" | "chamber", heat: Heat | null, max_c: number | null, command: CommandKind): Heater[] {
  if (heat === null && max_c === null) return [];
  return [{ key: kind, name: t(`heater.${kind}`), kind, head: 0, heat, max_c, command, isInUse: false }];
}

/** Returns what the head is called: some machines with two have a right one (0) and a left one (1), others number them. */
export function nozzleName(head: number, heads: number, names: Printer["capabilities"]["head_names"]): string {
  if (heads < 2) return t("heater.nozzle");
  return headNumber(head, heads, names) || (head === 0 ? t("heater.nozzle_right") : t("heater.nozzle_left"));
}

function nozzleKey(head: number): string {
  return `nozzle-${head}`;
}

/** Returns what a sample says about a heater, by its key. */
export function measured(sample: Pick<Sample, "nozzles" | "bed" | "chamber">, key: string): number | null {
  if (key === "bed") return sample.bed.current_c;
  if (key === "chamber") return sample.chamber.current_c;
  return sample.nozzles.find((_, head) => nozzleKey(head) === key)?.current_c ?? null;
}
