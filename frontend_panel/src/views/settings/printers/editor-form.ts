/** The fields of a printer's description, as a template for the form that owns them. */

import { html, nothing } from "lit";

import type { Printer } from "../../../api/types";
import { area, field } from "../../../components/field/field";
import "../../../components/kit/switch";
import "../../../components/tag-input/tag-input";
import { t } from "../../../localize";
import { isExtra, missing } from "../../reach/reach";
import type { Field } from "../../reach/reach";
import { reachField } from "../../reach/reach-field";
import { areMinutes } from "./edit";
import type { Edit } from "./edit";

interface Form {
  readonly printer: Printer;
  readonly edit: Edit;
  readonly known: readonly string[];
  /** What the printer's family says is needed to reach it. */
  readonly fields: readonly Field[];
  /** What is wrong with a field, by its name in the API. */
  readonly wrong: (name: string) => string | undefined;
  readonly change: (change: Partial<Edit>) => void;
}

/** Returns what is wrong before anything is sent, by the field's name in the API. */
export function problemsOf(edit: Edit, fields: readonly Field[]): Readonly<Record<string, string>> {
  return {
    ...(edit.name.trim() === "" ? { name: t("field.required") } : {}),
    ...Object.fromEntries(
      missing(edit, fields)
        // What is kept need not be typed again.
        .filter((name) => name !== "secret")
        .map((name) => [name, t("field.required")]),
    ),
    ...(areMinutes(edit.heaterOff) ? {} : { heater_off_min: t("edit.heater_off_min.wrong") }),
  };
}

export function editorForm(form: Form) {
  return html`
    ${names(form)} ${switches(form)}
    <details ?open=${["camera_url", "heater_off_min", ...form.fields.filter(isExtra).map(({ name }) => name)].some((name) => form.wrong(name) !== undefined)}>
      <summary>${t("edit.more")}</summary>
      <div>${more(form)}</div>
    </details>
  `;
}

function names({ printer, edit, known, fields, wrong, change }: Form) {
  const own = (one: Field) => {
    const isKept = one.kind === "secret" && printer.has_secret;
    const shown = isKept ? { ...one, is_required: false } : one;
    return reachField({ reach: edit, wrong, change, hint: isKept ? t("edit.secret.kept") : undefined }, shown);
  };
  return html`
    ${field({
      name: "name",
      label: t("edit.name"),
      value: edit.name,
      error: wrong("name"),
      onInput: (_, name) => {
        change({ name });
      },
    })}
    ${fields.filter((one) => !isExtra(one)).map(own)}
    ${field({
      name: "location",
      label: t("edit.location"),
      hint: t("edit.location.hint"),
      value: edit.location,
      error: wrong("location"),
      isOptional: true,
      onInput: (_, location) => {
        change({ location });
      },
    })}
    <odin-tag-input
      .label=${t("edit.tags")}
      .hint=${t("edit.tags.hint")}
      .error=${wrong("tags") ?? ""}
      .tags=${edit.tags}
      .known=${known}
      @odin-change=${(event: CustomEvent<{ value: readonly string[] }>) => {
        change({ tags: event.detail.value });
      }}
    ></odin-tag-input>
    ${area({
      name: "notes",
      label: t("edit.notes"),
      value: edit.notes,
      error: wrong("notes"),
      isOptional: true,
      onInput: (_, notes) => {
        change({ notes });
      },
    })}
  `;
}

function switches({ edit, change }: Form) {
  const row = (name: "isEnabled" | "isObserveOnly" | "isPlateGated", label: string, what: string) => html`
    <li>
      <div class="what"><b>${label}</b><small>${what}</small></div>
      <odin-switch
        .label=${label}
        .checked=${edit[name]}
        @odin-change=${(event: CustomEvent<{ value: boolean }>) => {
          change({ [name]: event.detail.value });
        }}
      ></odin-switch>
    </li>
  `;
  return html`
    <ul class="switches">
      ${row("isEnabled", t("edit.is_enabled"), t("edit.is_enabled.what"))}
      ${row("isObserveOnly", t("edit.is_observe_only"), t("edit.is_observe_only.what"))}
      ${row("isPlateGated", t("edit.is_plate_gated"), t("edit.is_plate_gated.what"))}
    </ul>
  `;
}

function more({ printer, edit, fields, wrong, change }: Form) {
  return html`
    ${field({
      name: "heater_off_min",
      label: t("edit.heater_off_min"),
      hint: t("edit.heater_off_min.hint"),
      value: edit.heaterOff,
      error: wrong("heater_off_min"),
      inputmode: "numeric",
      isOptional: true,
      onInput: (_, heaterOff) => {
        change({ heaterOff });
      },
    })}
    ${field({
      name: "camera_url",
      label: t("edit.camera_url"),
      hint: edit.isCameraRemoved ? t("edit.camera_url.removed") : printer.has_camera_url ? t("edit.camera_url.kept") : t("edit.camera_url.hint"),
      value: edit.cameraUrl,
      error: wrong("camera_url"),
      type: "url",
      isOptional: true,
      onInput: (_, cameraUrl) => {
        change({ cameraUrl });
      },
    })}
    ${
      printer.has_camera_url && !edit.isCameraRemoved
        ? html`
            <button
              class="button"
              type="button"
              @click=${() => {
                change({ isCameraRemoved: true, cameraUrl: "" });
              }}
            >
              ${t("edit.camera_url.remove")}
            </button>
          `
        : nothing
    }
    ${fields.filter(isExtra).map((one) => reachField({ reach: edit, wrong, change }, one))}
  `;
}
