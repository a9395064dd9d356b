/** Nozzles in words: what the printer reports, and what people noted. */

import type { Nozzle, NozzleInstall } from "../../api/types";
import { t, word } from "../../localize";
import { duration, millimetres } from "../../localize/format";
import { headNumber } from "../../localize/heads";
import type { HeadNames } from "../../localize/heads";

/** Returns `0.4 mm hardened steel, high flow`; people's note before the printer's report where both say something. */
export function describeNozzle(reported: Nozzle | null, installed: NozzleInstall | null): string {
  const diameter = installed?.diameter_mm ?? reported?.diameter_mm ?? null;
  const material = installed?.material ?? reported?.material ?? null;
  const parts = [];
  if (diameter !== null) parts.push(t("nozzle.diameter", { mm: millimetres(diameter) }));
  if (material) parts.push(word("nozzle.material", material));
  const flow = reported?.flow ? word("nozzle.flow", reported.flow) : "";
  return [parts.join(" "), flow].filter(Boolean).join(", ");
}

/** Returns what a head is called among those of its printer. */
export function headTitle(head: number, heads: number, names: HeadNames): string {
  if (heads < 2) return t("nozzle.head.only");
  return headNumber(head, heads, names) || word("nozzle.head", String(head));
}

/** Returns for how long a nozzle printed. */
export function hoursOf({ printing_s: seconds }: NozzleInstall): string {
  return seconds < 60 ? t("nozzle.unused") : t("nozzle.hours", { time: duration(seconds) });
}

/** Whether the printer reports another diameter than the one that was noted last. */
export function reportedDiffers(reported: Nozzle | null, installed: NozzleInstall | null): boolean {
  const [seen, noted] = [reported?.diameter_mm ?? null, installed?.diameter_mm ?? null];
  return seen !== null && noted !== null && Math.abs(seen - noted) > 0.005;
}
