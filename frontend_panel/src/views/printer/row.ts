/** Pieces of the control rows. */

import { html, nothing } from "lit";

import "../../components/icon/icon";
import { chevron, close } from "../../components/icon/icons";
import { t } from "../../localize";
import type { Press, Presses } from "../../store/presses";

/** Whether a press waits for the engine or the printer. */
export function isOnItsWay({ phase }: Press): boolean {
  return phase === "sending" || phase === "sent";
}

/** Draws why a press failed, with a way to put it away. */
export function failure(presses: Presses, name: string) {
  const press = presses.of(name);
  if (press.phase !== "failed") return nothing;
  return html`
    <p class="failed" role="alert">
      <span>${press.reason}</span>
      <button
        class="button plain"
        type="button"
        aria-label=${t("press.forget")}
        @click=${() => {
          presses.forget(name);
        }}
      >
        <odin-icon .path=${close}></odin-icon>
      </button>
    </p>
  `;
}

/** Draws what a fold is called. */
export function fold(icon: string, name: string, note = "") {
  return html`
    <summary>
      <odin-icon .path=${icon}></odin-icon>
      <span class="words"><span>${name}</span>${note ? html`<span class="sub">${note}</span>` : nothing}</span>
      <odin-icon class="chevron" .path=${chevron}></odin-icon>
    </summary>
  `;
}
