/** How the lines of the temperatures chart look: a hue and a dash each, never the hue alone. */

import { css } from "lit";

/** On and off, in px, by the key of the heater. */
export const DASHES: Readonly<Record<string, readonly number[]>> = {
  "nozzle-0": [],
  "nozzle-1": [9, 4],
  "nozzle-2": [5, 3],
  "nozzle-3": [9, 3, 2, 3],
  "nozzle-4": [16, 4],
  "nozzle-5": [3, 2],
  "nozzle-6": [9, 3, 2, 3, 2, 3],
  "nozzle-7": [5, 3, 12, 3],
  bed: [14, 3, 3, 3],
  chamber: [2, 4],
};

export const lineColors = css`
  [data-line] {
    --line: var(--o-text-2);
    color: var(--line);
  }

  [data-line="nozzle-0"] {
    --line: #d9591c;
  }

  [data-line="nozzle-1"] {
    --line: #ac57cf;
  }

  [data-line="nozzle-2"] {
    --line: #9a7d0a;
  }

  [data-line="nozzle-3"] {
    --line: #d0457f;
  }

  [data-line="nozzle-4"] {
    --line: #6a72dc;
  }

  [data-line="nozzle-5"] {
    --line: #4f9433;
  }

  [data-line="nozzle-6"] {
    --line: #9b7560;
  }

  [data-line="nozzle-7"] {
    --line: #14909f;
  }

  [data-line="bed"] {
    --line: #2f86cf;
  }

  [data-line="chamber"] {
    --line: #1f9272;
  }

  /* Mid tones are seen on black and on white; forced to one colour they would be told apart from nothing. */
  @media (forced-colors: active) {
    [data-line] {
      forced-color-adjust: none;
    }
  }
`;
