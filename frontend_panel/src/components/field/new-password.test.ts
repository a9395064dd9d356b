import { expect, it } from "vitest";

import { passwordProblem, repetitionProblem } from "./new-password";

const rules = { min_length: 8, long_length: 16, max_length: 72 };

it.each(["Abcdefg1", "Größe 12", "a long enough sentence", "0123456789abcdef"])("%s will do", (password) => {
  expect(passwordProblem(password, rules)).toBeUndefined();
});

it.each(["", "Abcdef1", "abcdefg1", "ABCDEFG1", "Abcdefgh", "fifteen letters"])("%s will not", (password) => {
  expect(passwordProblem(password, rules)).toContain("8 characters");
});

it("follows the engine's numbers, and waits for them", () => {
  expect(passwordProblem("Abcdefg1", { ...rules, min_length: 10 })).toContain("10 characters");
  expect(passwordProblem("ü".repeat(37), rules)).toBe("This password is too long.");
  expect(passwordProblem("a", undefined)).toBeUndefined();
});

it("has to be repeated", () => {
  expect(repetitionProblem("a", "a")).toBeUndefined();
  expect(repetitionProblem("a", "b")).toBe("The two passwords differ.");
});
