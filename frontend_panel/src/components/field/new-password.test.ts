import { expect, it } from "vitest";

import { passwordProblem, repetitionProblem } from "./new-password";

it.each(["Abcdefg1", "Größe 12", "a long enough sentence", "0123456789abcdef"])("%s will do", (password) => {
  expect(passwordProblem(password)).toBeUndefined();
});

it.each(["", "Abcdef1", "abcdefg1", "ABCDEFG1", "Abcdefgh", "fifteen letters"])("%s will not", (password) => {
  expect(passwordProblem(password)).toContain("8 characters");
});

it("has to be repeated", () => {
  expect(repetitionProblem("a", "a")).toBeUndefined();
  expect(repetitionProblem("a", "b")).toBe("The two passwords differ.");
});
