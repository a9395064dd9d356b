import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { addPrinter, checkConnection, discover, readFamilies } from "../../api/printers";
import { ApiError } from "../../api/transport";
import type { Checked, Family, Found, Printer } from "../../api/types";
import "../../components/banner/banner";
import "../../components/found-list/found-list";
import type { PickEvent } from "../../components/found-list/found-list";
import "../../components/icon/icon";
import { edit, search } from "../../components/icon/icons";
import { plural, t } from "../../localize";
import type { Services } from "../../services";
import { servicesContext } from "../../services";
import { addressOf, followed } from "../app/place";
import { addedCard } from "./added";
import { changed, draftOf, emptyDraft, isOtherConnection, missing, newPrinter } from "./draft";
import type { Draft } from "./draft";
import { addForm } from "./form";
import "./key-request";
import "./network-scan";
import { checkResult } from "./result";
import { reachStyles } from "../reach/styles";
import { styles } from "./styles";

/** Machines announce themselves every few seconds. */
const SEARCH_S = 6;

/**
 * Finds printers on the network first, checks the connection of one step by step, shows what will be trusted, and adds it.
 *
 * Properties: `heading`.
 */
@customElement("odin-add-printer")
export class OdinAddPrinter extends LitElement {
  static override styles = [...styles, reachStyles];

  @property() heading = "";
  @consume({ context: servicesContext }) private readonly services!: Services;
  @state() private families: readonly Family[] = [];
  @state() private found: readonly Found[] = [];
  @state() private search: "running" | "done" | ApiError = "done";
  /** `undefined` before somebody picked one, or chose to type. */
  @state() private draft: Draft | undefined;
  @state() private picked: Found | undefined;
  @state() private busy: "checking" | "adding" | undefined;
  @state() private checked: Checked | undefined;
  @state() private refusal: ApiError | undefined;
  @state() private missing: ReadonlySet<string> = new Set();
  @state() private added: Printer | undefined;
  @query("[aria-invalid=true]") private readonly firstWrong!: HTMLElement | null;
  @query("#secret") private readonly secretInput!: HTMLInputElement | null;
  @query("#host") private readonly hostInput!: HTMLInputElement | null;
  @query("#submit") private readonly submitButton!: HTMLButtonElement | null;
  @query("#done") private readonly doneSection!: HTMLElement | null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#readFamilies();
    void this.#lookAround();
  }

  protected override render() {
    return html`
      <div class="intro">
        <h2 class="vh">${this.heading}</h2>
        <p class="sub">${t("add.intro")}</p>
      </div>
      <div class=${this.draft || this.added ? "columns" : "one"}>
        ${this.#network()}
        ${this.added ? addedCard(this.added) : this.draft ? this.#connection(this.draft) : nothing}
      </div>
    `;
  }

  #network() {
    const fresh = this.found.filter(({ is_known }) => !is_known).length;
    const isRunning = this.search === "running";
    const heading = fresh > 0 ? plural("add.found", fresh) : isRunning ? t("add.looking") : t("add.nothing_new");
    return html`
      <section class="card" aria-labelledby="found">
        <div class="title">
          <h3 id="found" aria-live="polite">${heading}</h3>
          <button class="button plain" type="button" aria-disabled=${isRunning ? "true" : "false"} @click=${this.#lookAround}>
            <odin-icon .path=${search}></odin-icon>${isRunning ? t("add.searching") : t("add.search_again")}
          </button>
        </div>
        <odin-found-list
          ?hidden=${!isRunning && this.found.length === 0}
          .found=${this.found}
          .families=${this.families}
          .picked=${this.picked}
          .isSearching=${isRunning}
          .linkTo=${(id: string) => addressOf({ page: "printer", id })}
          @odin-pick=${this.#pick}
          @odin-open=${({ detail }: CustomEvent<{ click: MouseEvent; id: string }>) => {
            followed({ page: "printer", id: detail.id })(detail.click);
          }}
        ></odin-found-list>
        ${this.search instanceof ApiError ? html`<odin-banner kind="failed">${this.search.message}</odin-banner>` : nothing}
        ${fresh === 0 && this.search === "done" ? html`<p class="sub">${t("add.nothing_found")}</p>` : nothing}
        <button class="button by-hand" type="button" @click=${this.#typeByHand}>
          <odin-icon .path=${edit}></odin-icon>${t("add.by_hand")}
        </button>
        <odin-network-scan @odin-found=${this.#foundByScan}></odin-network-scan>
      </section>
    `;
  }

  #connection(draft: Draft) {
    const { picked, busy, refusal } = this;
    const isReady = this.checked?.is_ok === true;
    const label = isReady ? t("add.submit") : this.checked ? t("add.check_again") : t("add.check");
    return html`
      <section class="card" aria-labelledby="connection">
        <div class="title">
          <h3 id="connection">${picked ? (picked.name ?? picked.model ?? picked.host) : t("add.by_hand.title")}</h3>
          ${picked ? html`<span class="sub">${[picked.model, picked.host].filter(Boolean).join(" · ")}</span>` : nothing}
        </div>
        <form novalidate @submit=${this.#submitted}>
          ${addForm({
            draft,
            families: this.families,
            isFound: picked !== undefined,
            underSecret: this.#keyRequest(draft),
            wrong: (name) => (this.missing.has(name) ? t("field.required") : refusal?.field(name)),
            change: this.#change,
          })}
          <div class="result" aria-live="polite">${checkResult(this.checked, busy === "checking")}</div>
          ${refusal ? html`<odin-banner kind="failed">${refusal.message}</odin-banner>` : nothing}
          <div class="actions">
            <button id="submit" class="button primary" type="submit" aria-disabled=${busy ? "true" : "false"}>
              ${busy === "checking" ? t("add.checking") : busy === "adding" ? t("add.adding") : label}
            </button>
            ${
              this.checked && !isReady
                ? html`
                    <button class="button" type="button" aria-disabled=${busy ? "true" : "false"} title=${t("add.anyway.why")} @click=${this.#add}>
                      ${t("add.anyway")}
                    </button>
                  `
                : nothing
            }
          </div>
        </form>
      </section>
    `;
  }

  #keyRequest(draft: Draft) {
    const family = this.families.find(({ name }) => name === draft.family);
    if (!family?.gives_keys) return nothing;
    if (draft.keyRequest) return html`<p class="sub">${t("add.key.granted")}</p>`;
    return html`
      <odin-key-request
        .draft=${draft}
        @odin-granted=${({ detail }: CustomEvent<string>) => {
          this.#change({ secret: "", keyRequest: detail });
        }}
      ></odin-key-request>
    `;
  }

  readonly #foundByScan = ({ detail }: CustomEvent<readonly Found[]>): void => {
    const isNew = (machine: Found) =>
      !this.found.some(({ family, host, serial }) => family === machine.family && host === machine.host && serial === machine.serial);
    const fresh = detail.filter(isNew);
    if (fresh.length > 0) this.found = [...this.found, ...fresh].sort((a, b) => Number(a.is_known) - Number(b.is_known));
  };

  readonly #change = (change: Partial<Draft>): void => {
    if (!this.draft) return;
    const draft = changed(this.draft, change);
    if (isOtherConnection(this.draft, draft)) this.checked = undefined;
    this.draft = draft;
  };

  async #readFamilies(): Promise<void> {
    try {
      this.families = await readFamilies(this.services.transport);
    } catch (error) {
      this.refusal = known(error);
    }
  }

  readonly #lookAround = async (): Promise<void> => {
    if (this.search === "running") return;
    this.search = "running";
    try {
      const found = await discover(this.services.transport, SEARCH_S);
      this.found = [...found].sort((a, b) => Number(a.is_known) - Number(b.is_known));
      this.search = "done";
    } catch (error) {
      this.search = known(error);
    }
  };

  readonly #pick = ({ detail }: PickEvent): void => {
    this.#begin(draftOf(detail, emptyDraft), detail);
    this.#focus(() => this.secretInput ?? this.submitButton);
  };

  readonly #typeByHand = (): void => {
    this.#begin({ ...emptyDraft, family: this.families[0]?.name ?? "" }, undefined);
    this.#focus(() => this.hostInput);
  };

  #begin(draft: Draft, picked: Found | undefined): void {
    this.picked = picked;
    this.draft = draft;
    this.added = undefined;
    this.checked = undefined;
    this.#forget();
  }

  /** Enter goes on: it checks first, and adds what was found to be well. */
  readonly #submitted = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (this.checked?.is_ok) await this.#add();
    else await this.#check();
  };

  #fields(draft: Draft) {
    return this.families.find(({ name }) => name === draft.family)?.fields ?? [];
  }

  async #check(): Promise<void> {
    const { draft } = this;
    if (!draft) return;
    await this.#do("checking", missing(draft, this.#fields(draft), false), async () => {
      // The name plays no part in a check, but the engine wants one.
      const printer = newPrinter({ ...draft, name: draft.name.trim() || draft.host });
      this.checked = undefined;
      this.checked = await checkConnection(this.services.transport, printer);
      this.#focus(() => this.submitButton);
    });
  }

  readonly #add = async (): Promise<void> => {
    const { draft } = this;
    if (!draft) return;
    await this.#do("adding", missing(draft, this.#fields(draft), true), async () => {
      const added = await addPrinter(this.services.transport, newPrinter(draft));
      this.added = added;
      // The search that follows takes a while; until then nobody shall add it twice.
      this.found = this.found.map((each) => (each === this.picked ? { ...each, is_known: true, printer_id: added.id } : each));
      this.draft = undefined;
      this.picked = undefined;
      this.#focus(() => this.doneSection);
      void this.#lookAround();
    });
  };

  #forget(): void {
    this.refusal = undefined;
    this.missing = new Set();
  }

  async #do(what: "checking" | "adding", lacking: ReadonlySet<string>, act: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.#forget();
    this.missing = lacking;
    if (lacking.size > 0) {
      this.#focus(() => this.firstWrong);
      return;
    }
    this.busy = what;
    try {
      await act();
    } catch (error) {
      this.refusal = known(error);
      this.#focus(() => this.firstWrong);
    } finally {
      this.busy = undefined;
    }
  }

  #focus(element: () => HTMLElement | null): void {
    void this.updateComplete.then(() => {
      element()?.focus();
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
