import { css, html, nothing } from "lit";
import { customElement } from "lit/decorators.js";

import { cancelTask, readTasks } from "../../api/system";
import type { Page, Task } from "../../api/types";
import { failed, finished, preparing, skipped, tasks as tasksIcon } from "../../components/icon/icons";
import "../../components/kit/empty";
import "../../components/kit/press";
import "../../components/kit/time";
import { t, word } from "../../localize";
import { percent } from "../../localize/format";
import { Asked } from "../../store/asked";
import { Slice } from "../../store/store";
import { SettingsSection } from "./section";
import { sectionStyles } from "./section-styles";

const ICONS: Readonly<Record<Task["state"], string>> = {
  queued: preparing,
  running: preparing,
  done: finished,
  failed,
  cancelled: skipped,
};

/** Long work in the background, such as sending a file: how far it got, what went wrong, and calling it off. */
@customElement("odin-settings-tasks")
export class OdinSettingsTasks extends SettingsSection {
  static override styles = [
    ...sectionStyles,
    css`
      progress {
        width: 100%;
        height: 8px;
        accent-color: var(--o-printing);
      }

      .bar {
        flex: 1 1 100%;
        padding-left: 36px;
      }

      [data-state="done"] > odin-icon {
        color: var(--o-finished);
      }

      [data-state="failed"] > odin-icon {
        color: var(--o-failed);
      }

      .failed {
        color: var(--o-failed-text);
        font-weight: var(--o-w-m);
      }

      .rows > li > odin-icon {
        color: var(--o-text-2);
      }
    `,
  ];

  readonly #live = new Slice(this, () => this.services.store, (all) => all.live.tasks.items);
  readonly #page = new Asked<Page<Task>>(this, () => readTasks(this.transport, null));

  protected override render() {
    return html`
      <section class="card" aria-label=${t("settings.tasks")}>
        ${this.answered(this.#page, (page) => {
          const tasks = merged(page.items, this.#live.value ?? {});
          if (tasks.length === 0) {
            return html`<odin-empty small .icon=${tasksIcon} .heading=${t("tasks.none")}>${t("tasks.none.what")}</odin-empty>`;
          }
          return html`
            <ul class="rows">
              ${tasks.map((task) => this.#row(task))}
            </ul>
          `;
        })}
      </section>
      ${this.#more()}
    `;
  }

  #row(task: Task) {
    const isOver = task.ended_at !== null;
    const reason = typeof task.error?.["detail"] === "string" ? task.error["detail"] : task.message;
    return html`
      <li data-state=${task.state}>
        <odin-icon .path=${ICONS[task.state]}></odin-icon>
        <div class="what">
          <b>${task.title}</b>
          <p>
            ${word("tasks.state", task.state)} ·
            ${isOver ? html`<odin-time .at=${task.ended_at}></odin-time>` : html`${t("tasks.since")} <odin-time .at=${task.created_at}></odin-time>`}
          </p>
          ${reason ? html`<p class=${task.state === "failed" ? "failed" : ""}>${reason}</p>` : nothing}
        </div>
        ${
          !isOver && this.may("control:printers")
            ? html`
                <odin-press
                  class="end"
                  .press=${this.presses.of(task.id)}
                  @click=${() => this.#cancel(task)}
                  @odin-forget=${() => {
                    this.presses.forget(task.id);
                  }}
                  >${t("tasks.cancel")}</odin-press
                >
              `
            : nothing
        }
        ${
          task.state === "running"
            ? html`<div class="bar"><progress max="1" .value=${task.progress} aria-label=${task.title}>${percent(task.progress * 100)}</progress></div>`
            : nothing
        }
      </li>
    `;
  }

  #more() {
    const page = this.#page.value;
    if (!page?.next_cursor) return nothing;
    return html`
      <odin-press
        class="more"
        .press=${this.presses.of("more")}
        @click=${() => this.#readMore(page)}
        @odin-forget=${() => {
          this.presses.forget("more");
        }}
        >${t("audit.more")}</odin-press
      >
    `;
  }

  async #readMore(page: Page<Task>): Promise<void> {
    await this.presses.press("more", async () => {
      const next = await readTasks(this.transport, page.next_cursor);
      this.#page.take({ ...next, items: [...page.items, ...next.items] });
    });
  }

  async #cancel(task: Task): Promise<void> {
    await this.presses.press(task.id, () => cancelTask(this.transport, task.id));
    await this.#page.again();
  }
}

/** Returns what was read with what the live channel knows better, newest first. */
function merged(read: readonly Task[], live: Readonly<Record<string, Task>>): readonly Task[] {
  const all = new Map(read.map((task) => [task.id, task]));
  for (const task of Object.values(live)) all.set(task.id, task);
  return [...all.values()].sort((a, b) => b.created_at.localeCompare(a.created_at));
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-settings-tasks": OdinSettingsTasks;
  }
}
