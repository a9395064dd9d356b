/** What the heads of a machine are called where they have numbers: tools count from 0, as people name them in G-code. */

import { t } from ".";

export type HeadNames = "sides" | "tools";

/** Returns the number of a head among several, `""` where a machine has a right and a left one. */
export function headNumber(head: number, heads: number, names: HeadNames): string {
  if (names === "tools") return t("heater.tool", { n: head });
  return heads > 2 ? t("heater.nozzle_n", { n: head + 1 }) : "";
}
