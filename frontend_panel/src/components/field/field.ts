/**
 * A labelled input with its hint and its error, as a template: the input has to live in the form's own shadow root, or
 * Enter and password managers no longer find it. Styles: `fields` in theme/controls.ts.
 */

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import { t } from "../../localize";
import "../icon/icon";
import { warning } from "../icon/icons";

interface Labelled {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly isOptional?: boolean;
  /** May stay empty without a word about it, as in a filter. */
  readonly isFree?: boolean;
  readonly onInput: (name: string, value: string) => void;
}

export interface Field extends Labelled {
  readonly type?: "text" | "password" | "date" | "url" | "search";
  readonly autocomplete?: string;
  readonly placeholder?: string;
  /** Which keys a phone shows. */
  readonly inputmode?: "numeric" | "decimal";
  /** Typed off another screen: fixed-width letters, no corrections by the keyboard. */
  readonly isCode?: boolean;
  readonly hasFocus?: boolean;
}

export interface Choice extends Labelled {
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

export function field(options: Field) {
  const { name, error } = options;
  return frame(
    options,
    html`
      <div class="input">
        <input
          id=${name}
          name=${name}
          class=${options.isCode ? "code" : ""}
          type=${options.type ?? "text"}
          autocomplete=${options.autocomplete ?? "off"}
          autocapitalize="none"
          inputmode=${options.inputmode ?? nothing}
          placeholder=${options.placeholder ?? nothing}
          spellcheck="false"
          ?required=${!options.isOptional && !options.isFree}
          ?autofocus=${options.hasFocus ?? false}
          aria-invalid=${error ? "true" : "false"}
          aria-describedby=${`${name}-note`}
          .value=${live(options.value)}
          @input=${(event: Event) => {
            options.onInput(name, (event.currentTarget as HTMLInputElement).value);
          }}
        />
      </div>
    `,
  );
}

/** The same for several lines of text. */
export function area(options: Labelled) {
  const { name, error } = options;
  return frame(
    options,
    html`
      <textarea
        id=${name}
        name=${name}
        rows="3"
        aria-invalid=${error ? "true" : "false"}
        aria-describedby=${`${name}-note`}
        .value=${live(options.value)}
        @input=${(event: Event) => {
          options.onInput(name, (event.currentTarget as HTMLTextAreaElement).value);
        }}
      ></textarea>
    `,
  );
}

/** The same for one of a few. */
export function choice(options: Choice) {
  const { name } = options;
  return frame(
    options,
    html`
      <select
        id=${name}
        name=${name}
        aria-describedby=${`${name}-note`}
        @change=${(event: Event) => {
          options.onInput(name, (event.currentTarget as HTMLSelectElement).value);
        }}
      >
        ${options.options.map(
          ({ value, label }) => html`<option value=${value} ?selected=${value === options.value}>${label}</option>`,
        )}
      </select>
    `,
  );
}

function frame({ name, label, hint, error, isOptional }: Labelled, input: TemplateResult) {
  return html`
    <div class="field">
      <label for=${name}>
        ${label} ${isOptional ? html`<span class="optional">${t("field.optional")}</span>` : nothing}
      </label>
      ${input}
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
