import { afterEach, expect, it } from "vitest";

import { clock, decimal, followHabits } from "../localize/format";
import { habitsOf } from "./habits";

const ENGLISH = { language: "en", number_format: "language", time_format: "language", time_zone: "local" };
const BERLIN = "Europe/Berlin";
const AT = new Date(Date.UTC(2026, 10, 24, 13, 5));

afterEach(() => {
  followHabits({});
});

it.each([
  ["language", "1,234.5"],
  ["decimal_comma", "1.234,5"],
  ["none", "1234.5"],
])("writes numbers as %s", (number_format, written) => {
  followHabits(habitsOf({ ...ENGLISH, number_format }, BERLIN));
  expect(decimal(1234.5)).toBe(written);
});

it.each([
  ["12", /2:05\sPM/],
  ["24", /14:05/],
])("writes the time in %s hours, by Home Assistant's clock", (time_format, written) => {
  followHabits(habitsOf({ ...ENGLISH, time_format, time_zone: "server" }, BERLIN));
  expect(clock(AT, AT)).toMatch(written);
});
