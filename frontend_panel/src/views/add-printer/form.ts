/** The fields of a printer that is being added, as a template for the form that owns them. */

import { html, nothing } from "lit";

import type { Family } from "../../api/types";
import { choice, field } from "../../components/field/field";
import "../../components/kit/switch";
import { t } from "../../localize";
import type { Draft } from "./draft";

interface Form {
  readonly draft: Draft;
  readonly families: readonly Family[];
  /** Found on the network: its address and serial number are known, and stand behind a fold. */
  readonly isFound: boolean;
  readonly wrong: (name: string) => string | undefined;
  readonly change: (change: Partial<Draft>) => void;
}

export function addForm(form: Form) {
  const where = html`${family(form)} ${address(form)}`;
  const isWrong = ["host", "serial", "family"].some((name) => form.wrong(name) !== undefined);
  return html`
    ${form.isFound ? nothing : where}
    ${field({
      ...text(form, "secret"),
      label: t("add.secret"),
      hint: t("add.secret.hint"),
      isCode: true,
    })}
    ${field({ ...text(form, "name"), label: t("add.name"), hint: t("add.name.hint") })}
    <div class="observe">
      <div>
        <b>${t("add.observe_only")}</b>
        <p class="hint">${t("add.observe_only.hint")}</p>
      </div>
      <odin-switch
        .label=${t("add.observe_only")}
        .checked=${form.draft.isObserveOnly}
        @odin-change=${(event: CustomEvent<{ value: boolean }>) => {
          form.change({ isObserveOnly: event.detail.value });
        }}
      ></odin-switch>
    </div>
    ${
      form.isFound
        ? html`
            <details ?open=${isWrong}>
              <summary>${t("add.details")}</summary>
              <div>${where}</div>
            </details>
          `
        : nothing
    }
  `;
}

function text({ draft, wrong, change }: Form, name: "name" | "host" | "serial" | "secret") {
  return {
    name,
    value: draft[name],
    error: wrong(name),
    onInput: (_: string, value: string) => {
      // Ports belong to the machine that was found, not to another address.
      change(name === "host" ? { host: value, ports: {} } : { [name]: value });
    },
  };
}

function family({ draft, families, change }: Form) {
  if (families.length < 2) return nothing;
  return choice({
    name: "family",
    label: t("add.family"),
    value: draft.family,
    options: families.map(({ name, label }) => ({ value: name, label })),
    onInput: (_, value) => {
      change({ family: value, ports: {} });
    },
  });
}

function address(form: Form) {
  return html`
    <div class="pair">
      ${field({ ...text(form, "host"), label: t("add.host"), hint: t("add.host.hint"), isCode: true })}
      ${field({ ...text(form, "serial"), label: t("add.serial"), hint: t("add.serial.hint"), isCode: true, isOptional: true })}
    </div>
  `;
}
