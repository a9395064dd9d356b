/** Numbers, times and durations as people read them. */

import { language, t } from ".";

const wholeNumber = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
/** Clock times follow the person's own habit (12 or 24 hours), not the language of the texts. */
const clockTime = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const clockDay = new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "numeric", minute: "2-digit" });
const dayOnly = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric" });
const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

const tenths = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
const longDay = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const ago = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });

/** Nearer than this nobody counts; clocks differ by as much. */
const NOW_S = 10;
const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

/** Returns `62 %`. */
export function percent(value: number): string {
  return t("unit.percent", { value: wholeNumber.format(value) });
}

/** Returns `220°`; half degrees are noise to a reader. */
export function degrees(celsius: number): string {
  return t("unit.degrees", { value: wholeNumber.format(celsius) });
}

/** Returns `2 h 16 min`; below a minute `under a minute`. */
export function duration(seconds: number): string {
  if (seconds < MINUTE_S) return t("time.under_a_minute");
  const days = Math.floor(seconds / DAY_S);
  const hours = Math.floor((seconds % DAY_S) / HOUR_S);
  const minutes = Math.floor((seconds % HOUR_S) / MINUTE_S);
  if (days > 0) return t("time.days_hours", { days, hours });
  if (hours > 0) return t("time.hours_minutes", { hours, minutes });
  return t("time.minutes", { minutes });
}

/** Returns how long something lasts that is counted in seconds at first: `40 s`, then like `duration`. */
export function lasting(seconds: number): string {
  return seconds < MINUTE_S ? t("time.seconds", { seconds: Math.max(0, Math.floor(seconds)) }) : duration(seconds);
}

/** Returns the clock time, with the weekday if it is not today's. */
export function clock(at: Date, now: Date): string {
  return (at.toDateString() === now.toDateString() ? clockTime : clockDay).format(at);
}

/** Returns an instant for the axis of a chart: the clock time, or the day where the chart shows many. */
export function axisTime(at: Date, isByDay: boolean): string {
  return (isByDay ? dayOnly : clockTime).format(at);
}

/** Returns the whole instant, for a tooltip. */
export function instant(at: Date): string {
  return absolute.format(at);
}

/** Returns how far an instant is from now: `5 min. ago`, `in 2 hr.`, `yesterday`; within seconds `just now`. */
export function relative(at: Date, now: Date): string {
  const seconds = (at.getTime() - now.getTime()) / 1000;
  const distance = Math.abs(seconds);
  if (distance < NOW_S) return t("time.just_now");
  if (distance < MINUTE_S) return ago.format(Math.trunc(seconds), "second");
  if (distance < HOUR_S) return ago.format(Math.trunc(seconds / MINUTE_S), "minute");
  if (distance < DAY_S) return ago.format(Math.trunc(seconds / HOUR_S), "hour");
  return ago.format(Math.trunc(seconds / DAY_S), "day");
}

/** Returns `127 g`; below ten grams with one digit after the point. */
export function grams(value: number): string {
  return t("unit.grams", { value: (value < 10 ? tenths : wholeNumber).format(value) });
}

/** Returns a length in mm as a number, `52.4`. */
export function millimetres(value: number): string {
  return tenths.format(value);
}

/** Returns the day as a heading: `Today`, `Yesterday`, or the date. */
export function day(at: Date, now: Date): string {
  if (at.toDateString() === now.toDateString()) return t("time.today");
  const before = new Date(now);
  before.setDate(before.getDate() - 1);
  return at.toDateString() === before.toDateString() ? t("time.yesterday") : longDay.format(at);
}

/** Returns the size of a file, `12.4 MB`; the smallest files count as 0.1. */
export function megabytes(bytes: number): string {
  return t("unit.megabytes", { value: tenths.format(Math.max(bytes / 1e6, 0.1)) });
}

/** Returns a number that has no unit of its own, with one digit after the point where it has any. */
export function decimal(value: number): string {
  return tenths.format(value);
}
