/** Fans by the names that `capabilities.fans` lists. */

import type { Fans, Printer } from "../../api/types";

/** Printers count fans in 16 steps and report the nearest one. */
const NEAR_PCT = 7;

/** Returns how fast a fan turns in %, `null` where the machine does not say. */
export function fanPercent({ fans }: Printer, name: string): number | null {
  const speeds: Readonly<Record<string, number | null | undefined>> = byName(fans);
  return speeds[name] ?? fans.others.find((each) => each.name === name)?.percent ?? null;
}

function byName(fans: Fans): Record<string, number | null> {
  return {
    part: fans.part_pct,
    aux: fans.aux_pct,
    aux_left: fans.aux_left_pct,
    chamber: fans.chamber_pct,
    heatbreak: fans.heatbreak_pct,
  };
}

/** Whether a report shows the speed that was asked for. */
export function isFanAt(reported: number | null, wanted: number): boolean {
  if (reported === null) return false;
  return wanted === 0 ? reported === 0 : Math.abs(reported - wanted) <= NEAR_PCT;
}
