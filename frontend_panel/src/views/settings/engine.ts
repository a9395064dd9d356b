import { css, html, nothing } from "lit";
import { customElement } from "lit/decorators.js";

import { changeEngineSetting, readEngineSettings } from "../../api/system";
import type { EngineSetting } from "../../api/types";
import { choice, field } from "../../components/field/field";
import "../../components/kit/stepper";
import "../../components/kit/switch";
import { t, word } from "../../localize";
import { decimal } from "../../localize/format";
import { Asked } from "../../store/asked";
import { SettingsSection } from "./section";
import { groupOf, stepOf, unitOf } from "./setting";
import { sectionStyles } from "./section-styles";

/** What can be changed while the engine runs, drawn from what the engine says of it: bounds, default, choices. */
@customElement("odin-settings-engine")
export class OdinSettingsEngine extends SettingsSection {
  static override styles = [
    ...sectionStyles,
    css`
      .rows > li {
        padding: 12px 0;
      }

      .rows .end {
        flex: none;
      }

      .reset {
        color: var(--o-accent-text);
      }

      @container (max-width: 479px) {
        .rows .end {
          flex: 1 1 100%;
          margin-left: 0;
        }
      }
    `,
  ];

  readonly #settings = new Asked(this, () => readEngineSettings(this.transport));

  protected override render() {
    return html`
      ${this.may("manage:system") ? nothing : html`<odin-banner>${t("engine.read_only")}</odin-banner>`}
      ${this.answered(this.#settings, (settings) => {
        const groups = [...new Set(settings.map(({ key }) => groupOf(key)))];
        return groups.map((group) => this.#group(group, settings.filter(({ key }) => groupOf(key) === group)));
      })}
    `;
  }

  #group(group: string, settings: readonly EngineSetting[]) {
    return html`
      <section class="card" aria-labelledby=${group}>
        <div class="card-head"><h3 id=${group}>${word("engine.group", group)}</h3></div>
        <ul class="rows">
          ${settings.map((setting) => this.#row(setting))}
        </ul>
      </section>
    `;
  }

  #row(setting: EngineSetting) {
    const { key, title, value, default: usual } = setting;
    const mayChange = this.may("manage:system");
    return html`
      <li>
        <div class="what">
          <b>${title}</b>
          <small>${[bounds(setting), t("engine.default", { value: shown(setting, usual) })].filter(Boolean).join(" · ")}</small>
        </div>
        <div class="end">
          ${
            mayChange && value !== usual
              ? html`
                  <button class="button plain reset" type="button" aria-label=${t("engine.reset_named", { title })} @click=${() => void this.#change(key, null)}>
                    ${t("engine.reset")}
                  </button>
                `
              : nothing
          }
          ${mayChange ? this.#control(setting) : html`<b>${shown(setting, value)}</b>`}
        </div>
        ${this.trouble(key)}
      </li>
    `;
  }

  #control(setting: EngineSetting) {
    const { key, title, value, minimum, maximum, choices } = setting;
    const changed = (event: CustomEvent<{ value: EngineSetting["value"] }>) => {
      void this.#change(key, event.detail.value);
    };
    if (typeof value === "boolean") {
      return html`<odin-switch .label=${title} .checked=${value} .pending=${this.presses.of(key).phase === "sending"} @odin-change=${changed}></odin-switch>`;
    }
    if (typeof value === "number") {
      return html`
        <odin-stepper
          .label=${title}
          .value=${value}
          .min=${minimum ?? Number.MIN_SAFE_INTEGER}
          .max=${maximum ?? Number.MAX_SAFE_INTEGER}
          .step=${stepOf(setting)}
          .unit=${spaced(unitText(key))}
          .phase=${this.presses.of(key).phase}
          @odin-change=${changed}
        ></odin-stepper>
      `;
    }
    const onInput = (_: string, text: string) => void this.#change(key, text);
    return choices.length > 0
      ? choice({ name: key, label: title, value, options: choices.map((each) => ({ value: each, label: each })), onInput })
      : field({ name: key, label: title, value, onInput });
  }

  async #change(key: string, value: EngineSetting["value"] | null): Promise<void> {
    await this.presses.press(key, async () => {
      this.#settings.take(await changeEngineSetting(this.transport, key, value));
    });
  }
}

function unitText(key: string): string {
  const unit = unitOf(key);
  return unit === undefined ? "" : word("engine.unit", unit);
}

function spaced(unit: string): string {
  return unit === "" ? "" : `\u202f${unit}`;
}

/** Returns a value with its unit. */
function shown({ key }: EngineSetting, value: EngineSetting["value"]): string {
  if (typeof value === "boolean") return value ? t("engine.on") : t("engine.off");
  if (typeof value === "number") return `${decimal(value)} ${unitText(key)}`.trim();
  return value;
}

/** Returns what a value has to be between, in words. */
function bounds({ key, minimum, maximum }: EngineSetting): string {
  const unit = unitText(key);
  if (minimum !== null && maximum !== null) {
    return t("engine.between", { min: decimal(minimum), max: decimal(maximum), unit }).trim();
  }
  if (minimum !== null) return t("engine.at_least", { min: decimal(minimum), unit }).trim();
  if (maximum !== null) return t("engine.at_most", { max: decimal(maximum), unit }).trim();
  return "";
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-settings-engine": OdinSettingsEngine;
  }
}
