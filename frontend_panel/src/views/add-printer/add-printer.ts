import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { addPrinter, checkConnection, discover, readFamilies } from "../../api/printers";
import { ApiError } from "../../api/transport";
import type { Checked, Family, Found } from "../../api/types";
import "../../components/banner/banner";
import "../../components/check-list/check-list";
import { field } from "../../components/field/field";
import "../../components/found-list/found-list";
import type { PickEvent } from "../../components/found-list/found-list";
import "../../components/icon/icon";
import { search } from "../../components/icon/icons";
import { t } from "../../localize";
import type { Services } from "../../services";
import { servicesContext } from "../../services";
import { FLOOR, goTo } from "../app/place";
import { draftOf, emptyDraft, missing, newPrinter } from "./draft";
import type { Draft } from "./draft";
import { styles } from "./styles";

/** Machines announce themselves every few seconds. */
const SEARCH_S = 6;

/**
 * Finds printers on the network, checks a connection step by step, and adds one.
 *
 * Properties: `heading`.
 */
@customElement("odin-add-printer")
export class OdinAddPrinter extends LitElement {
  static override styles = styles;

  @property() heading = "";
  @consume({ context: servicesContext }) private readonly services!: Services;
  @state() private families: readonly Family[] = [];
  @state() private found: readonly Found[] = [];
  @state() private search: "running" | "done" | ApiError = "done";
  @state() private draft: Draft = emptyDraft;
  @state() private busy: "checking" | "adding" | undefined;
  @state() private checked: Checked | undefined;
  @state() private refusal: ApiError | undefined;
  @state() private missing: ReadonlySet<string> = new Set();
  @query("[aria-invalid=true]") private readonly firstWrong!: HTMLElement | null;
  @query("#secret") private readonly secretInput!: HTMLInputElement;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#readFamilies();
    void this.#lookAround();
  }

  protected override render() {
    return html`
      <div class="intro">
        <h1>${this.heading}</h1>
        <p class="sub">${t("add.intro")}</p>
      </div>
      <div class="columns">
        <section class="card" aria-labelledby="found">
          <div class="title">
            <h2 id="found">${t("add.network")}</h2>
            <button
              class="button plain"
              type="button"
              aria-disabled=${this.search === "running" ? "true" : "false"}
              @click=${this.#lookAround}
            >
              <odin-icon .path=${search}></odin-icon>
              ${this.search === "running" ? t("add.searching") : t("add.search_again")}
            </button>
          </div>
          <odin-found-list
            ?hidden=${this.search !== "running" && this.found.length === 0}
            .found=${this.found}
            .families=${this.families}
            .isSearching=${this.search === "running"}
            @odin-pick=${this.#picked}
          ></odin-found-list>
          ${this.#searchResult()}
        </section>
        <section class="card" aria-labelledby="connection">
          <h2 id="connection">${t("add.connection")}</h2>
          ${this.#form()} ${this.#result()}
        </section>
      </div>
    `;
  }

  #searchResult() {
    if (this.search instanceof ApiError) return html`<odin-banner kind="failed">${this.search.message}</odin-banner>`;
    if (this.search === "running" || this.found.length > 0) return nothing;
    return html`<p class="sub" role="status">${t("add.nothing_found")}</p>`;
  }

  #form() {
    const wrong = (name: string) => (this.missing.has(name) ? t("field.required") : this.refusal?.field(name));
    return html`
      <form novalidate @submit=${this.#added}>
        ${this.families.length > 1 ? this.#family() : nothing}
        ${field({
          name: "name",
          label: t("add.name"),
          value: this.draft.name,
          error: wrong("name"),
          onInput: this.#typed,
        })}
        <div class="pair">
          ${field({
            name: "host",
            label: t("add.host"),
            value: this.draft.host,
            hint: t("add.host.hint"),
            error: wrong("host"),
            isCode: true,
            onInput: this.#typed,
          })}
          ${field({
            name: "serial",
            label: t("add.serial"),
            value: this.draft.serial,
            hint: t("add.serial.hint"),
            error: wrong("serial"),
            isCode: true,
            onInput: this.#typed,
          })}
        </div>
        ${field({
          name: "secret",
          label: t("add.secret"),
          value: this.draft.secret,
          hint: t("add.secret.hint"),
          error: wrong("secret"),
          isCode: true,
          onInput: this.#typed,
        })}
        <label class="check">
          <input
            type="checkbox"
            .checked=${this.draft.isObserveOnly}
            @change=${this.#observed}
          />
          <span><b>${t("add.observe_only")}</b><br /><span class="hint">${t("add.observe_only.hint")}</span></span>
        </label>
        <div class="actions">
          <button
            class="button primary"
            type="submit"
            aria-disabled=${this.busy ? "true" : "false"}
          >
            ${this.busy === "adding" ? t("add.adding") : t("add.submit")}
          </button>
          <button
            class="button"
            type="button"
            aria-disabled=${this.busy ? "true" : "false"}
            @click=${this.#tested}
          >
            ${this.busy === "checking" ? t("add.checking") : t("add.check")}
          </button>
        </div>
      </form>
    `;
  }

  #family() {
    return html`
      <div class="field">
        <label for="family">${t("add.family")}</label>
        <select id="family" @change=${this.#familyChosen}>
          ${this.families.map(
            ({ name, label }) => html`<option value=${name} ?selected=${name === this.draft.family}>${label}</option>`,
          )}
        </select>
      </div>
    `;
  }

  #result() {
    const { refusal, checked } = this;
    return html`
      <div class="result" aria-live="polite">
        ${refusal ? html`<odin-banner kind="failed">${refusal.message}</odin-banner>` : nothing}
        ${checked ? html`<odin-check-list .checks=${checked.checks}></odin-check-list>` : nothing}
      </div>
    `;
  }

  readonly #typed = (name: string, value: string): void => {
    // Ports belong to the machine that was found, not to another address.
    const ports = name === "host" ? {} : this.draft.ports;
    this.draft = { ...this.draft, ports, [name]: value };
  };

  readonly #observed = (event: Event): void => {
    this.draft = { ...this.draft, isObserveOnly: (event.currentTarget as HTMLInputElement).checked };
  };

  readonly #familyChosen = (event: Event): void => {
    this.draft = { ...this.draft, family: (event.currentTarget as HTMLSelectElement).value, ports: {} };
  };

  async #readFamilies(): Promise<void> {
    try {
      this.families = await readFamilies(this.services.transport);
      this.draft = { ...this.draft, family: this.draft.family || (this.families[0]?.name ?? "") };
    } catch (error) {
      this.refusal = known(error);
    }
  }

  readonly #lookAround = async (): Promise<void> => {
    if (this.search === "running") return;
    this.search = "running";
    try {
      this.found = await discover(this.services.transport, SEARCH_S);
      this.search = "done";
    } catch (error) {
      this.search = known(error);
    }
  };

  readonly #picked = (event: PickEvent): void => {
    this.draft = draftOf(event.detail, this.draft);
    this.#forget();
    this.secretInput.focus();
  };

  readonly #tested = async (): Promise<void> => {
    await this.#do("checking", missing(this.draft, "host"), async () => {
      // The name plays no part in a check, but the engine wants one.
      const printer = newPrinter({ ...this.draft, name: this.draft.name.trim() || this.draft.host });
      this.checked = await checkConnection(this.services.transport, printer);
    });
  };

  readonly #added = async (event: Event): Promise<void> => {
    event.preventDefault();
    await this.#do("adding", missing(this.draft, "name", "host"), async () => {
      await addPrinter(this.services.transport, newPrinter(this.draft));
      this.draft = { ...emptyDraft, family: this.draft.family };
      goTo(FLOOR);
    });
  };

  #forget(): void {
    this.refusal = undefined;
    this.checked = undefined;
    this.missing = new Set();
  }

  async #do(what: "checking" | "adding", lacking: ReadonlySet<string>, act: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.#forget();
    this.missing = lacking;
    if (lacking.size > 0) {
      this.#focusFirstWrong();
      return;
    }
    this.busy = what;
    try {
      await act();
    } catch (error) {
      this.refusal = known(error);
      this.#focusFirstWrong();
    } finally {
      this.busy = undefined;
    }
  }

  #focusFirstWrong(): void {
    void this.updateComplete.then(() => {
      this.firstWrong?.focus();
    });
  }
}

/** Returns the error if it is the engine's; anything else is ours and stays loud. */
function known(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  throw error;
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-add-printer": OdinAddPrinter;
  }
}
