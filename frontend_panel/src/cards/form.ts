/** The visual editors, as Home Assistant's own form draws them. */

import { t, word } from "../localize";
import type { TextKey } from "../localize";
import { readBadgeConfig, readCardConfig } from "./config";
import { DOMAIN } from "./device";

interface Field {
  readonly name: string;
  readonly required?: boolean;
  readonly selector?: Readonly<Record<string, unknown>>;
  readonly type?: "grid";
  readonly schema?: readonly Field[];
}

export interface Form {
  readonly schema: readonly Field[];
  readonly assertConfig: (config: unknown) => void;
  readonly computeLabel: (field: Field) => string;
  readonly computeHelper: (field: Field) => string | undefined;
}

/** Engines, units and slots are devices too; only printers have events. */
const DEVICE: Field = {
  name: "device_id",
  required: true,
  selector: { device: { filter: { integration: DOMAIN }, entity: { integration: DOMAIN, domain: "event" } } },
};
const TAP: Field = { name: "tap_action", selector: { ui_action: { default_action: "navigate" } } };

const flag = (name: string): Field => ({ name, selector: { boolean: {} } });

export function cardForm(): Form {
  const layouts = ["grid", "full"].map((value) => ({
    value,
    label: word("lovelace.layout", value),
    description: word("lovelace.layout_is", value),
  }));
  return form(readCardConfig, [
    DEVICE,
    { name: "layout", selector: { select: { mode: "box", options: layouts } } },
    {
      name: "",
      type: "grid",
      schema: [flag("hide_picture"), flag("hide_filament"), flag("hide_temperatures"), flag("hide_controls")],
    },
    TAP,
  ]);
}

export function badgeForm(): Form {
  return form(readBadgeConfig, [DEVICE, flag("hide_name"), TAP]);
}

function form(assertConfig: (config: unknown) => void, schema: readonly Field[]): Form {
  return { schema, assertConfig, computeLabel, computeHelper };
}

const HELPED: Readonly<Record<string, TextKey>> = {
  device_id: "lovelace.help.device_id",
  hide_controls: "lovelace.help.hide_controls",
  layout: "lovelace.help.layout",
  tap_action: "lovelace.help.tap_action",
};

function computeLabel({ name }: Field): string {
  return name === "" ? "" : word("lovelace.field", name);
}

function computeHelper({ name }: Field): string | undefined {
  const key = HELPED[name];
  return key && t(key);
}
