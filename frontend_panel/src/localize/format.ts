/** Numbers, times and durations as people read them. */

import { language, t } from ".";

/** How somebody writes numbers and times; what is left out is as the browser has it. */
export interface Habits {
  /** The language whose way of writing numbers it is. */
  readonly numbers?: string | undefined;
  readonly isGrouped?: boolean | undefined;
  /** The language of dates, and of clock times unless `isTwelveHours` says otherwise. */
  readonly dates?: string | undefined;
  readonly isTwelveHours?: boolean | undefined;
  readonly timeZone?: string | undefined;
}

/** Clock times follow the person's own habit (12 or 24 hours), not the language of the texts. */
let by = formatters({ numbers: language });

/** Writes numbers and times that way from now on. */
export function followHabits(habits: Habits): void {
  by = formatters(habits);
}

function formatters({ numbers = language, isGrouped = true, dates, isTwelveHours, timeZone }: Habits) {
  const number = (digits: number) => new Intl.NumberFormat(numbers, { maximumFractionDigits: digits, useGrouping: isGrouped });
  const date = (options: Intl.DateTimeFormatOptions) => {
    const habit = { ...(isTwelveHours === undefined ? {} : { hour12: isTwelveHours }), ...(timeZone ? { timeZone } : {}) };
    return new Intl.DateTimeFormat(dates, { ...options, ...habit });
  };
  return {
    whole: number(0),
    tenths: number(1),
    time: date({ hour: "numeric", minute: "2-digit" }),
    timeOnDay: date({ weekday: "short", hour: "numeric", minute: "2-digit" }),
    shortDay: date({ weekday: "short", day: "numeric" }),
    longDay: date({ weekday: "long", day: "numeric", month: "long" }),
    /** Tells one day from another. */
    day: date({ dateStyle: "short" }),
    instant: date({ dateStyle: "medium", timeStyle: "medium" }),
    ago: new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" }),
  };
}

/** Nearer than this nobody counts; clocks differ by as much. */
const NOW_S = 10;
const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

/** Returns `62 %`. */
export function percent(value: number): string {
  return t("unit.percent", { value: by.whole.format(value) });
}

/** Returns `220°`; half degrees are noise to a reader. */
export function degrees(celsius: number): string {
  return t("unit.degrees", { value: by.whole.format(celsius) });
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
  return (isSameDay(at, now) ? by.time : by.timeOnDay).format(at);
}

/** Returns an instant for the axis of a chart: the clock time, or the day where the chart shows many. */
export function axisTime(at: Date, isByDay: boolean): string {
  return (isByDay ? by.shortDay : by.time).format(at);
}

/** Returns the whole instant, for a tooltip. */
export function instant(at: Date): string {
  return by.instant.format(at);
}

/** Returns how far an instant is from now: `5 min. ago`, `in 2 hr.`, `yesterday`; within seconds `just now`. */
export function relative(at: Date, now: Date): string {
  const seconds = (at.getTime() - now.getTime()) / 1000;
  const distance = Math.abs(seconds);
  if (distance < NOW_S) return t("time.just_now");
  if (distance < MINUTE_S) return by.ago.format(Math.trunc(seconds), "second");
  if (distance < HOUR_S) return by.ago.format(Math.trunc(seconds / MINUTE_S), "minute");
  if (distance < DAY_S) return by.ago.format(Math.trunc(seconds / HOUR_S), "hour");
  return by.ago.format(Math.trunc(seconds / DAY_S), "day");
}

/** Returns `127 g`; below ten grams with one digit after the point. */
export function grams(value: number): string {
  return t("unit.grams", { value: (value < 10 ? by.tenths : by.whole).format(value) });
}

/** Returns a length in mm as a number, `52.4`. */
export function millimetres(value: number): string {
  return by.tenths.format(value);
}

/** Returns the day as a heading: `Today`, `Yesterday`, or the date. */
export function day(at: Date, now: Date): string {
  if (isSameDay(at, now)) return t("time.today");
  const before = new Date(now);
  before.setDate(before.getDate() - 1);
  return isSameDay(at, before) ? t("time.yesterday") : by.longDay.format(at);
}

/** Returns the size of a file, `12.4 MB`; the smallest files count as 0.1. */
export function megabytes(bytes: number): string {
  return t("unit.megabytes", { value: by.tenths.format(Math.max(bytes / 1e6, 0.1)) });
}

/** Returns a number that has no unit of its own, with one digit after the point where it has any. */
export function decimal(value: number): string {
  return by.tenths.format(value);
}

function isSameDay(a: Date, b: Date): boolean {
  return by.day.format(a) === by.day.format(b);
}
