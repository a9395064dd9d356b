/** English, the language every text exists in. One file per part of the panel; the first word of a key names it. */

import add from "./add.json";
import alerts from "./alerts.json";
import app from "./app.json";
import cards from "./cards.json";
import controls from "./controls.json";
import doors from "./doors.json";
import filament from "./filament.json";
import files from "./files.json";
import floor from "./floor.json";
import host from "./host.json";
import kit from "./kit.json";
import printer from "./printer.json";
import settings from "./settings.json";

export const en = {
  ...add,
  ...alerts,
  ...app,
  ...cards,
  ...controls,
  ...doors,
  ...filament,
  ...files,
  ...floor,
  ...host,
  ...kit,
  ...printer,
  ...settings,
} as const;

/** By file, for the test that looks at each. */
export const parts = { add, alerts, app, cards, controls, doors, filament, files, floor, host, kit, printer, settings };
