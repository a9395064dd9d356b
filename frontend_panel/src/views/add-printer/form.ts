/** The fields of a printer that is being added, as a template for the form that owns them. Its family says which. */

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";

import type { Family } from "../../api/types";
import { choice, field } from "../../components/field/field";
import { t } from "../../localize";
import { isExtra } from "../reach/reach";
import type { Field } from "../reach/reach";
import { flag, reachField } from "../reach/reach-field";
import type { Draft } from "./draft";

interface Form {
  readonly draft: Draft;
  readonly families: readonly Family[];
  /** Found on the network: what was told there is known, and stands behind a fold. */
  readonly isFound: boolean;
  /** What stands under the field for the key, such as a way to be given one. */
  readonly underSecret: TemplateResult | typeof nothing;
  readonly wrong: (name: string) => string | undefined;
  readonly change: (change: Partial<Draft>) => void;
}

export function addForm(form: Form) {
  const { draft, isFound, wrong, change, families } = form;
  const fields = families.find(({ name }) => name === draft.family)?.fields ?? [];
  const isFolded = (one: Field) => (isFound ? one.kind !== "secret" : isExtra(one));
  const own = (one: Field) => html`
    ${reachField({ reach: draft, wrong, change }, one)} ${one.kind === "secret" ? form.underSecret : nothing}
  `;
  const folded = fields.filter(isFolded);
  const isWrong = folded.some(({ name }) => wrong(name) !== undefined);
  return html`
    ${isFound ? nothing : family(form)} ${fields.filter((one) => !isFolded(one)).map(own)}
    ${field({
      name: "name",
      value: draft.name,
      error: wrong("name"),
      label: t("add.name"),
      hint: t("add.name.hint"),
      onInput: (_, name) => {
        change({ name });
      },
    })}
    ${flag(t("add.observe_only"), t("add.observe_only.hint"), draft.isObserveOnly, (isObserveOnly) => {
      change({ isObserveOnly });
    })}
    ${
      folded.length > 0
        ? html`
            <details ?open=${isWrong}>
              <summary>${isFound ? t("add.details") : t("add.more")}</summary>
              <div>${isFound ? family(form) : nothing} ${folded.map(own)}</div>
            </details>
          `
        : nothing
    }
  `;
}

function family({ draft, families, change }: Form) {
  if (families.length < 2) return nothing;
  return choice({
    name: "family",
    label: t("add.family"),
    value: draft.family,
    options: families.map(({ name, label }) => ({ value: name, label })),
    onInput: (_, value) => {
      change({ family: value, secret: "", ports: {}, options: {} });
    },
  });
}
