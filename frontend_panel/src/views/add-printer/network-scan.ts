import { consume } from "@lit/context";
import { LitElement, css, html } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { cancelTask, foundBy, readTask, scanNetwork } from "../../api/printers";
import { ApiError } from "../../api/transport";
import type { Task } from "../../api/types";
import { field } from "../../components/field/field";
import "../../components/icon/icon";
import { chevron, connect as network } from "../../components/icon/icons";
import { plural, t } from "../../localize";
import type { Services } from "../../services";
import { servicesContext } from "../../services";
import { base, buttons, fields } from "../../theme/controls";

const LOOK_EVERY_MS = 700;

/**
 * Knocks at each address of a network that a person names, a few at a time, and can be stopped.
 *
 * Properties: `isOpen`. Events: `odin-found` (detail: `Found[]`, each time with all that answered so far).
 */
@customElement("odin-network-scan")
export class OdinNetworkScan extends LitElement {
  static override styles = [
    base,
    buttons,
    fields,
    css`
      :host {
        display: block;
      }

      summary {
        display: flex;
        gap: 8px;
        align-items: center;
        min-height: var(--o-touch);
        font-weight: var(--o-w-m);
        list-style: none;
        cursor: pointer;
      }

      summary::-webkit-details-marker {
        display: none;
      }

      summary odin-icon {
        color: var(--o-text-2);
      }

      summary span {
        flex: 1;
      }

      .chevron {
        transition: rotate var(--o-fast);
      }

      details[open] .chevron {
        rotate: 180deg;
      }

      form {
        display: grid;
        gap: var(--o-2);
        padding-top: var(--o-2);
      }

      progress {
        width: 100%;
      }
    `,
  ];

  @property({ type: Boolean, attribute: "open" }) isOpen = false;
  @consume({ context: servicesContext }) private readonly services!: Services;
  @state() private network = "";
  @state() private task: Task | undefined;
  @state() private refusal: ApiError | undefined;
  #timer: number | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  protected override render() {
    const { task } = this;
    const isRunning = task?.state === "running" || task?.state === "queued";
    return html`
      <details ?open=${this.isOpen}>
        <summary>
          <odin-icon .path=${network}></odin-icon><span>${t("add.scan")}</span><odin-icon class="chevron" .path=${chevron}></odin-icon>
        </summary>
        <form novalidate @submit=${this.#submitted}>
          ${field({
            name: "network",
            label: t("add.scan.network"),
            hint: t("add.scan.hint"),
            value: this.network,
            error: this.refusal ? (this.refusal.field("network") ?? this.refusal.message) : undefined,
            placeholder: "192.168.1.0/24",
            isCode: true,
            onInput: this.#typed,
          })}
          ${isRunning ? html`<progress max="1" .value=${task.progress} aria-label=${t("add.scan")}></progress>` : ""}
          <p class="sub" role="status">${this.#said()}</p>
          <div>
            ${
              isRunning
                ? html`<button class="button" type="button" @click=${this.#cancel}>${t("add.scan.stop")}</button>`
                : html`<button class="button" type="submit">${t("add.scan.start")}</button>`
            }
          </div>
        </form>
      </details>
    `;
  }

  #said(): string {
    const { task } = this;
    if (!task) return "";
    if (task.state === "done") return plural("add.scan.done", foundBy(task).length);
    if (task.state === "cancelled") return t("add.scan.stopped");
    const why = task.error?.["detail"];
    return typeof why === "string" ? why : (task.message ?? "");
  }

  readonly #typed = (_: string, value: string): void => {
    this.network = value;
    this.refusal = undefined;
  };

  readonly #submitted = async (event: Event): Promise<void> => {
    event.preventDefault();
    await this.#take(() => scanNetwork(this.services.transport, this.network.trim()));
  };

  readonly #cancel = async (): Promise<void> => {
    const { task } = this;
    clearTimeout(this.#timer);
    if (task) await this.#take(() => cancelTask(this.services.transport, task.id));
  };

  async #take(ask: () => Promise<Task>): Promise<void> {
    this.refusal = undefined;
    try {
      this.task = await ask();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.refusal = error;
      return;
    }
    const { task } = this;
    this.dispatchEvent(new CustomEvent("odin-found", { detail: foundBy(task) }));
    if ((task.state === "running" || task.state === "queued") && this.isConnected) {
      this.#timer = window.setTimeout(() => void this.#take(() => readTask(this.services.transport, task.id)), LOOK_EVERY_MS);
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-network-scan": OdinNetworkScan;
  }
}
