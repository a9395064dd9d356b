/** Numbers, times and durations as people read them. */

import { language, t } from ".";

const wholeNumber = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
/** Clock times follow the person's own habit (12 or 24 hours), not the language of the texts. */
const clockTime = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const clockDay = new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "numeric", minute: "2-digit" });
const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

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

/** Returns the whole instant, for a tooltip. */
export function instant(at: Date): string {
  return absolute.format(at);
}
