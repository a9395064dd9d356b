import type { ReactiveControllerHost } from "lit";

import { t } from "../../localize";
import type { Services } from "../../services";
import type { SavedView } from "../../store/saved-views";
import { keepViews, keptViews } from "../../store/saved-views";

/** The views that have names, as their element changes them; one that was deleted can be brought back. */
export class KeptViews {
  readonly #host: ReactiveControllerHost;
  readonly #services: () => Services;
  #all = keptViews();

  constructor(host: ReactiveControllerHost, services: () => Services) {
    this.#host = host;
    this.#services = services;
  }

  get all(): readonly SavedView[] {
    return this.#all;
  }

  readonly changed = (event: CustomEvent<{ value: readonly SavedView[] }>): void => {
    this.#keep(event.detail.value);
  };

  readonly deleted = (event: CustomEvent<{ value: { name: string; before: readonly SavedView[] } }>): void => {
    const { name, before } = event.detail.value;
    const run = () => {
      this.#keep(before);
    };
    this.#services().toasts.show("done", t("views.deleted", { name }), { label: t("plate.undo"), run });
  };

  #keep(views: readonly SavedView[]): void {
    this.#all = views;
    keepViews(views);
    this.#host.requestUpdate();
  }
}
