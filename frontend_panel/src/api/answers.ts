/** What an answer of the engine says, whichever way it came. */

import { t } from "../localize";
import { ApiError } from "./transport";
import type { ProblemDocument } from "./types";

/** Returns the content of a JSON text, `undefined` where it is none. */
export function parsed(text: unknown): unknown {
  if (typeof text !== "string" || text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Returns the error that an answer with this status and content stands for. */
export function refusal(status: number, content: unknown): ApiError {
  if (isObject(content) && typeof content["detail"] === "string") {
    return new ApiError(content["detail"], status, content as unknown as ProblemDocument);
  }
  return new ApiError(t("error.status", { status }), status);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
