/**
 * A labelled input with its hint and its error, as a template: the input has to live in the form's own shadow root, or
 * Enter and password managers no longer find it. Styles: `fields` in theme/controls.ts.
 */

import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";

import { t } from "../../localize";
import "../icon/icon";
import { warning } from "../icon/icons";

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly type?: "text" | "password";
  readonly autocomplete?: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly isOptional?: boolean;
  /** Typed off another screen: fixed-width letters, no corrections by the keyboard. */
  readonly isCode?: boolean;
  readonly hasFocus?: boolean;
  readonly onInput: (name: string, value: string) => void;
}

export function field(options: Field) {
  const { name, error, hint } = options;
  return html`
    <div class="field">
      <label for=${name}>
        ${options.label} ${options.isOptional ? html`<span class="optional">${t("field.optional")}</span>` : nothing}
      </label>
      <div class="input">
        <input
          id=${name}
          name=${name}
          class=${options.isCode ? "code" : ""}
          type=${options.type ?? "text"}
          autocomplete=${options.autocomplete ?? "off"}
          autocapitalize="none"
          spellcheck="false"
          ?required=${!options.isOptional}
          ?autofocus=${options.hasFocus ?? false}
          aria-invalid=${error ? "true" : "false"}
          aria-describedby=${`${name}-note`}
          .value=${live(options.value)}
          @input=${(event: Event) => {
            options.onInput(name, (event.currentTarget as HTMLInputElement).value);
          }}
        />
      </div>
      <div id=${`${name}-note`} class="note" aria-live="polite">
        ${
          error
            ? html`<p class="wrong"><odin-icon .path=${warning}></odin-icon><span>${error}</span></p>`
            : hint
              ? html`<p class="hint">${hint}</p>`
              : nothing
        }
      </div>
    </div>
  `;
}
