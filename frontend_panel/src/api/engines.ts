/** The engines that Home Assistant knows. */

import type { HomeAssistantConnection } from "./home-assistant-connection";
import { sentenceOf } from "./home-assistant-connection";
import { ApiError } from "./transport";

export interface Engine {
  /** Its entry in Home Assistant's configuration. */
  readonly entry_id: string;
  readonly title: string;
  /** `unavailable`: Home Assistant does not reach it, and tries again by itself. */
  readonly state: "loaded" | "unavailable";
}

/** Returns the engines in Home Assistant's order. Throws `ApiError` where it does not tell. */
export async function readEngines(connection: HomeAssistantConnection): Promise<readonly Engine[]> {
  try {
    const answer = await connection.sendMessagePromise({ type: "odin/entries" });
    return (answer as { readonly entries: readonly Engine[] }).entries;
  } catch (error) {
    throw new ApiError(sentenceOf(error), 0);
  }
}
