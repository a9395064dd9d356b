/** A field that a family of printers names, as a template for the form that owns it. */

import { html } from "lit";

import { choice, field } from "../../components/field/field";
import "../../components/kit/switch";
import { word } from "../../localize";
import { changeOf, valueOf } from "./reach";
import type { Field, Reach } from "./reach";

interface Form {
  readonly reach: Reach;
  readonly wrong: (name: string) => string | undefined;
  readonly change: (change: Partial<Reach>) => void;
  /** What stands under it in place of its own words, where it differs. */
  readonly hint?: string | undefined;
}

export function reachField({ reach, wrong, change, hint }: Form, one: Field) {
  const value = valueOf(reach, one);
  const shared = {
    name: one.name,
    label: one.label,
    hint: hint ?? one.help,
    error: wrong(one.name),
    // What has a value already need not be called optional.
    isOptional: !one.is_required && one.default === null,
    isFree: !one.is_required,
    value: String(value),
    onInput: (_: string, typed: string) => {
      change(changeOf(reach, one, typed));
    },
  };
  switch (one.kind) {
    case "flag":
      return flag(one.label, shared.hint, value === true, (isOn) => {
        change(changeOf(reach, one, isOn));
      });
    case "choice":
      return choice({ ...shared, options: one.choices.map((each) => ({ value: each, label: word("reach", each) })) });
    case "number":
      return field({ ...shared, inputmode: "numeric" });
    case "address":
    case "place":
    case "secret":
    case "text":
      return field({ ...shared, isCode: true });
  }
}

/** Something that is so or not, with its explanation. */
export function flag(label: string, hint: string, isOn: boolean, change: (isOn: boolean) => void) {
  return html`
    <div class="observe">
      <div>
        <b>${label}</b>
        <p class="hint">${hint}</p>
      </div>
      <odin-switch
        .label=${label}
        .checked=${isOn}
        @odin-change=${(event: CustomEvent<{ value: boolean }>) => {
          change(event.detail.value);
        }}
      ></odin-switch>
    </div>
  `;
}
