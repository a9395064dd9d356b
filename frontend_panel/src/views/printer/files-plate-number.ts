/** The number of a plate, for a file that nobody could look into. */

import { html } from "lit";

import "../../components/kit/stepper";
import { t } from "../../localize";

const PLATES_MOST = 99;

export function plateNumber(number: number, change: (number: number) => void) {
  return html`
    <div class="option">
      <span>${t("files.plate")}</span>
      <odin-stepper
        .value=${number}
        .min=${1}
        .max=${PLATES_MOST}
        .label=${t("files.plate")}
        @odin-change=${(event: CustomEvent<{ value: number }>) => {
          change(Math.round(event.detail.value));
        }}
      ></odin-stepper>
    </div>
  `;
}
