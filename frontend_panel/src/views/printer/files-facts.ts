/** What a plate of a file is, in words. */

import type { FilePlate } from "../../api/types";
import { plural, t, word } from "../../localize";
import { decimal, duration, grams } from "../../localize/format";

/** Returns what is worth knowing before it is printed, the most telling first. */
export function plateFacts(plate: FilePlate): string[] {
  return [
    plate.estimated_s === null ? "" : duration(plate.estimated_s),
    plate.weight_g === null ? "" : grams(plate.weight_g),
    plate.object_count > 0 ? plural("files.objects", plate.object_count) : "",
    plate.layer_height_mm === null ? "" : t("files.layers", { mm: String(plate.layer_height_mm) }),
    plate.nozzle_mm === null ? "" : t("files.nozzle", { mm: decimal(plate.nozzle_mm) }),
    plate.bed_kind === null ? "" : word("files.bed", plate.bed_kind),
  ].filter(Boolean);
}
