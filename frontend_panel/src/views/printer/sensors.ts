import { css, html, nothing } from "lit";
import { customElement } from "lit/decorators.js";

import type { FilamentSensor, NamedFan, Sensor } from "../../api/types";
import { named, t } from "../../localize";
import { decimal, degrees, percent } from "../../localize/format";
import { base, cards } from "../../theme/controls";
import { PrinterSection } from "./section";

/**
 * What the machine measures beside its heaters. Nothing where it measures nothing more.
 *
 * Properties: `printer`.
 */
@customElement("odin-printer-sensors")
export class OdinPrinterSensors extends PrinterSection {
  static override styles = [
    base,
    cards,
    css`
      dl {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 8px 16px;
        font-size: var(--o-t-b);
      }

      dt {
        overflow-wrap: anywhere;
      }

      dd {
        font-weight: var(--o-w-b);
        text-align: right;
      }

      :host([old]) dd {
        color: var(--o-text-2);
      }
    `,
  ];

  protected override isEmpty(): boolean {
    return this.#rows().length === 0;
  }

  protected override render() {
    const rows = this.#rows();
    if (rows.length === 0) return nothing;
    return html`
      <section class="card" aria-labelledby="title">
        <div class="card-head"><h2 id="title">${t("sensors.title")}</h2></div>
        <dl>${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
      </section>
    `;
  }

  #rows(): readonly (readonly [string, string])[] {
    const { sensors, filament_sensors: filament, fans, capabilities } = this.printer;
    return joined([
      ...sensors.map((each) => [named("sensor", each.name), measured(each)] as const),
      ...filament.map((each) => [named("sensor", each.name), seen(each)] as const),
      // Those that can be set stand among the controls.
      ...fans.others
        .filter(({ name }) => !capabilities.fans.includes(name))
        .map((each) => [t("fan.label", { name: named("fan", each.name) }), turning(each)] as const),
    ]);
  }
}

/** One place may measure warmth and humidity: that is one row. */
function joined(rows: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] {
  const byName = new Map<string, string>();
  for (const [name, value] of rows) {
    const before = byName.get(name);
    byName.set(name, before === undefined ? value : `${before} · ${value}`);
  }
  return [...byName];
}

function measured({ kind, value }: Sensor): string {
  if (value === null) return t("kit.unknown");
  switch (kind) {
    case "temperature":
      return degrees(value);
    case "humidity":
      return percent(value);
    case "count":
      return decimal(value);
  }
}

function seen({ sees_filament: sees, is_enabled: isEnabled }: FilamentSensor): string {
  if (!isEnabled) return t("sensors.off");
  if (sees === null) return t("kit.unknown");
  return sees ? t("sensors.filament") : t("sensors.no_filament");
}

function turning({ percent: share, rpm }: NamedFan): string {
  const parts = [share === null ? "" : percent(share), rpm === null ? "" : t("sensors.rpm", { rpm: decimal(rpm) })];
  return parts.filter((part) => part !== "").join(" · ") || t("kit.unknown");
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-sensors": OdinPrinterSensors;
  }
}
