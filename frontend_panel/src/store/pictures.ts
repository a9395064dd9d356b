import type { Camera } from "../api/types";

/** Whether single pictures come from a camera: of one that sends video the engine has none. */
export function givesPictures({ kind, is_available }: Camera): boolean {
  return is_available && kind === "jpeg";
}
