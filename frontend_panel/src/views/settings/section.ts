import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import type { TemplateResult } from "lit";

import { ApiError } from "../../api/transport";
import type { Transport } from "../../api/transport";
import type { Permission, Session } from "../../api/types";
import "../../components/banner/banner";
import "../../components/icon/icon";
import { close } from "../../components/icon/icons";
import "../../components/kit/skeleton";
import { t } from "../../localize";
import type { Services } from "../../services";
import { servicesContext } from "../../services";
import type { Asked } from "../../store/asked";
import { Presses } from "../../store/presses";
import { permits, unknownSession } from "../../store/session";
import { Slice } from "../../store/store";

/** What the sections of the settings have in common: who asks, what was answered, what became of each action. */
export abstract class SettingsSection extends LitElement {
  @consume({ context: servicesContext }) protected readonly services!: Services;
  protected readonly presses = new Presses(this);
  readonly #session = new Slice(this, () => this.services.store, (all) => all.session);

  protected get transport(): Transport {
    return this.services.transport;
  }

  protected get session(): Session | undefined {
    const state = this.#session.value;
    return state?.phase === "signed_in" ? state.session : undefined;
  }

  protected may(permission: Permission): boolean {
    return permits(this.#session.value ?? unknownSession, permission);
  }

  /** Draws an answer: its shape while it is on the way, why there is none, or the answer itself. */
  protected answered<T>(asked: Asked<T>, draw: (value: T) => unknown): TemplateResult {
    const { value, problem } = asked;
    return html`
      ${
        problem
          ? html`
              <odin-banner kind="failed">
                ${problem}
                <button slot="action" class="button" type="button" @click=${asked.again}>${t("page.again")}</button>
              </odin-banner>
            `
          : nothing
      }
      ${value === undefined ? (problem ? nothing : html`<odin-skeleton .lines=${5}></odin-skeleton>`) : draw(value)}
    `;
  }

  /** Draws why an action did not work, where it was asked for. */
  protected trouble(key: string): TemplateResult | typeof nothing {
    const press = this.presses.of(key);
    if (press.phase !== "failed") return nothing;
    return html`
      <odin-banner class="trouble" kind="failed">
        ${press.reason}
        <button
          slot="action"
          class="button plain icon-only"
          type="button"
          aria-label=${t("press.forget")}
          @click=${() => {
            this.presses.forget(key);
          }}
        >
          <odin-icon .path=${close}></odin-icon>
        </button>
      </odin-banner>
    `;
  }

  /** Does something and says at the edge of the page that it is done; a refusal is kept for `trouble`. */
  protected async act(key: string, call: () => Promise<unknown>, done: string): Promise<boolean> {
    const isDone = await this.presses.press(key, call);
    if (isDone) this.services.toasts.show("done", done);
    return isDone;
  }

  /**
   * Sends a form and returns the refusal, if any: one that names fields is drawn there, another one at the button of the
   * press.
   */
  protected async send(key: string, call: () => Promise<unknown>): Promise<ApiError | undefined> {
    let refusal: ApiError | undefined;
    await this.presses.press(key, async () => {
      try {
        await call();
      } catch (error) {
        if (error instanceof ApiError) refusal = error;
        throw error;
      }
    });
    if (refusal === undefined || (refusal.problem?.errors?.length ?? 0) > 0) this.presses.forget(key);
    return refusal;
  }
}
