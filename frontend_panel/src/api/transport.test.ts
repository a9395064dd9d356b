import { expect, it } from "vitest";

import { ApiError } from "./transport";

it("finds what is wrong with a field, however the pointer is written", () => {
  const problem = (pointer: string) => ({
    type: "urn:odin:error:invalid",
    title: "Invalid",
    status: 422,
    detail: "No.",
    code: "invalid",
    errors: [{ pointer, detail: "Too short." }],
  });
  expect(new ApiError("No.", 422, problem("/name")).field("name")).toBe("Too short.");
  expect(new ApiError("No.", 422, problem("#/name")).field("name")).toBe("Too short.");
  expect(new ApiError("No.", 422, problem("/ports/mqtt")).field("name")).toBeUndefined();
  expect(new ApiError("No.", 0).field("name")).toBeUndefined();
});
