/** Which objects of a plate can be left out. */

import type { Printer } from "../../api/types";

/** Whether an object can be chosen: it is not skipped, and another one would remain. */
export function choosable(
  id: number,
  objects: readonly { readonly id: number }[],
  chosen: ReadonlySet<number>,
  skipped: ReadonlySet<number>,
): boolean {
  if (skipped.has(id) || chosen.has(id)) return false;
  return objects.filter((object) => !skipped.has(object.id) && !chosen.has(object.id)).length > 1;
}

/**
 * Returns what the objects depend on, in two lines: which job it is, and what may change whether they can be skipped.
 * Empty without a job.
 */
export function jobIdentity({ id, job, activity }: Printer): string {
  if (!job) return "";
  const which = [id, job.external_id, job.token, job.file, job.plate].join("/");
  return `${which}\n${activity} ${job.skipped_objects.join(" ")}`;
}
