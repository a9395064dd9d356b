/** The colour of a spool: from a palette, by its number, or one of the usual. */

import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";

import { t, word } from "../../localize";
import type { Draft } from "./presets";
import { SWATCHES } from "./slot-editor-styles";

export function colorField(draft: Draft, isWrong: boolean, change: (part: Partial<Draft>) => void) {
  const { color, isClear } = draft;
  const whole = /^#[0-9a-f]{6}$/i.test(color) ? color.toLowerCase() : "#ffffff";
  return html`
    <div class="field" role="group" aria-labelledby="color-label">
      <label id="color-label" for="color">${t("slot.color")}</label>
      <div class="color">
        <input
          type="color"
          aria-label=${t("editor.color.pick")}
          .value=${live(whole)}
          @input=${(event: Event) => {
            change({ color: (event.currentTarget as HTMLInputElement).value });
          }}
        />
        <input
          id="color"
          class="code"
          autocomplete="off"
          spellcheck="false"
          maxlength="7"
          aria-invalid=${isWrong ? "true" : "false"}
          aria-describedby="color-note"
          .value=${live(color)}
          @input=${(event: Event) => {
            change({ color: (event.currentTarget as HTMLInputElement).value.trim() });
          }}
        />
        <label class="check">
          <input
            type="checkbox"
            .checked=${isClear}
            @change=${(event: Event) => {
              change({ isClear: (event.currentTarget as HTMLInputElement).checked });
            }}
          />
          <span>${t("slot.see_through")}</span>
        </label>
      </div>
      <div class="swatches">
        ${SWATCHES.map(
          ([name, value]) => html`
            <button
              class="swatch ${name}"
              type="button"
              title=${word("editor.color", name)}
              aria-label=${word("editor.color", name)}
              aria-pressed=${color.toLowerCase() === value ? "true" : "false"}
              @click=${() => {
                change({ color: value });
              }}
            ></button>
          `,
        )}
      </div>
      <div id="color-note" class="note" aria-live="polite">
        ${isWrong ? html`<p class="wrong">${t("editor.wrong.color")}</p>` : nothing}
      </div>
    </div>
  `;
}
