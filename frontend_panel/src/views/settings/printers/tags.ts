import { css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { removeTag, renameTag } from "../../../api/registry";
import type { Printer } from "../../../api/types";
import "../../../components/dialog/dialog";
import { field } from "../../../components/field/field";
import { bin, edit, tag as tagIcon } from "../../../components/icon/icons";
import { confirm } from "../../../components/kit/confirm";
import "../../../components/menu/menu";
import { plural, t } from "../../../localize";
import { SettingsSection } from "../section";
import { sectionStyles } from "../section-styles";

/**
 * The tags in use: how many printers have each, and giving one another name or taking it off everywhere.
 *
 * Properties: `printers`.
 */
@customElement("odin-registry-tags")
export class OdinRegistryTags extends SettingsSection {
  static override styles = [
    ...sectionStyles,
    css`
      .tags {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }

      .tags > li {
        display: inline-flex;
        gap: 8px;
        align-items: center;
        max-width: 100%;
        padding-left: 12px;
        border: 1px solid var(--o-line);
        border-radius: var(--o-r-in);
        --icon-size: 18px;
      }

      .tags > li > odin-icon {
        flex: none;
        color: var(--o-text-2);
      }

      small {
        color: var(--o-text-2);
        font-size: var(--o-t-s);
        white-space: nowrap;
      }
    `,
  ];

  @property({ attribute: false }) printers: readonly Printer[] = [];
  @state() private renaming: { readonly from: string; readonly to: string } | undefined;

  protected override render() {
    const tags = counted(this.printers);
    if (tags.length === 0) return nothing;
    return html`
      <section class="card" aria-labelledby="title">
        <div class="card-head">
          <h3 id="title">${t("tags.title")}</h3>
          <span class="sub">${t("tags.what")}</span>
        </div>
        <ul class="tags">
          ${tags.map(([tag, count]) => this.#tag(tag, count))}
        </ul>
        ${this.trouble("remove")}
      </section>
      ${this.#dialog()}
    `;
  }

  #tag(tag: string, count: number) {
    return html`
      <li>
        <odin-icon .path=${tagIcon}></odin-icon>
        <span class="clip">${tag}</span>
        <small>${plural("registry.count", count)}</small>
        <odin-menu
          .label=${t("tags.more_named", { tag })}
          .items=${[
            { id: "rename", label: t("tags.rename"), icon: edit },
            { id: "remove", label: t("tags.remove"), icon: bin, isDangerous: true },
          ]}
          @odin-select=${(event: CustomEvent<{ value: string }>) => {
            if (event.detail.value === "rename") this.renaming = { from: tag, to: tag };
            else void this.#remove(tag, count);
          }}
        ></odin-menu>
      </li>
    `;
  }

  #dialog() {
    const { renaming } = this;
    return html`
      <odin-dialog .isOpen=${renaming !== undefined} .heading=${t("tags.rename.heading", { tag: renaming?.from ?? "" })} @odin-close=${this.#closed}>
        <form id="rename" novalidate @submit=${this.#renamed}>
          ${field({
            name: "to",
            label: t("tags.name"),
            value: renaming?.to ?? "",
            hint: t("tags.rename.hint"),
            hasFocus: true,
            onInput: (_, to) => {
              if (this.renaming) this.renaming = { ...this.renaming, to };
            },
          })}
          ${this.trouble("rename")}
        </form>
        <button slot="actions" class="button" type="button" @click=${this.#closed}>${t("confirm.no")}</button>
        <button slot="actions" class="button primary" type="button" @click=${this.#renamed}>${t("tags.rename")}</button>
      </odin-dialog>
    `;
  }

  async #remove(tag: string, count: number): Promise<void> {
    const question = {
      heading: t("tags.remove.heading", { tag }),
      text: plural("tags.remove.text", count),
      label: t("tags.remove"),
      isDangerous: true,
    };
    if (await confirm(this, question)) {
      await this.act("remove", () => removeTag(this.transport, tag), t("tags.removed", { tag }));
    }
  }

  readonly #renamed = async (event: Event): Promise<void> => {
    event.preventDefault();
    const { renaming } = this;
    const to = renaming?.to.trim() ?? "";
    if (!renaming || to === "" || to === renaming.from) {
      this.#closed();
      return;
    }
    const done = t("tags.renamed", { from: renaming.from, to });
    if (await this.act("rename", () => renameTag(this.transport, renaming.from, to), done)) this.#closed();
  };

  readonly #closed = (): void => {
    this.presses.forget("rename");
    this.renaming = undefined;
  };
}

/** Returns each tag with how many printers have it, by name. */
function counted(printers: readonly Printer[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const tag of printers.flatMap(({ tags }) => tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a.localeCompare(b));
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-registry-tags": OdinRegistryTags;
  }
}
