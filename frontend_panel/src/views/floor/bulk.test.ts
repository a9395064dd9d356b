import { expect, it } from "vitest";

import { ApiError } from "../../api/transport";
import { examplePrinter } from "../../testing/example-printer";
import { concerned, forEach } from "./bulk";

const able = { ...examplePrinter().capabilities, commands: ["pause", "resume"] };

it("offers a command only for whom it makes sense", () => {
  const printing = examplePrinter({ id: "1", activity: "printing", capabilities: able });
  const paused = examplePrinter({ id: "2", activity: "paused", capabilities: able });
  const observed = { ...paused, id: "3", is_observe_only: true };
  const farm = [printing, paused, observed];
  expect(concerned("pause", farm)).toEqual([printing]);
  expect(concerned("resume", farm)).toEqual([paused]);
  expect(concerned("clear", farm)).toEqual([]);
});

it("tells what became of each", async () => {
  const [a, b] = [examplePrinter({ id: "a" }), examplePrinter({ id: "b" })];
  const outcome = await forEach([a, b], (id) => (id === "a" ? Promise.resolve() : Promise.reject(new ApiError("No.", 409))));
  expect(outcome).toEqual({ done: [a], refused: [{ printer: b, reason: "No." }] });
});
