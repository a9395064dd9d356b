/** How somebody who set it in Home Assistant's profile writes numbers and times. */

import type { Habits } from "../localize/format";
import type { HassLocale } from "./hass";

/** Languages that write numbers that way. Source: home-assistant/frontend, `src/common/number/format_number.ts`. */
const NUMBERS: Readonly<Record<string, string>> = {
  comma_decimal: "en-US",
  decimal_comma: "de",
  space_comma: "fr",
  quote_decimal: "de-CH",
  none: "en-US",
};

export function habitsOf({ language, number_format, time_format, time_zone }: HassLocale, serverZone: string): Habits {
  const isTwelveHours = time_format === "12" ? true : time_format === "24" ? false : undefined;
  return {
    numbers: number_format === "language" ? language : NUMBERS[number_format],
    isGrouped: number_format !== "none",
    dates: time_format === "system" ? undefined : language,
    isTwelveHours,
    timeZone: time_zone === "server" ? serverZone : undefined,
  };
}
