/** How the lines of the temperatures chart look: a hue and a dash each, never the hue alone. */

import { css } from "lit";

/** On and off, in px, by the key of the heater. */
export const DASHES: Readonly<Record<string, readonly number[]>> = {
  "nozzle-0": [],
  "nozzle-1": [9, 4],
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
