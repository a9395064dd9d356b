import type { Toast, ToastAction } from "../store/toasts";
import { Toasts } from "../store/toasts";
import { tell } from "./hass";

const LASTS_MS = 5_000;
/** As long as the panel offers to undo. */
const UNDO_LASTS_MS = 10_000;
/** Home Assistant leaves such a notice there until it is put away. */
const STAYS = -1;

/** Short news of a card, as Home Assistant itself shows them: a dashboard has no place of ours for them. */
export class Notices extends Toasts {
  readonly #from: EventTarget;

  constructor(from: EventTarget) {
    super();
    this.#from = from;
  }

  override show(kind: Toast["kind"], text: string, action?: ToastAction): void {
    tell(this.#from, "hass-notification", {
      message: text,
      dismissable: true,
      duration: kind === "failed" ? STAYS : action ? UNDO_LASTS_MS : LASTS_MS,
      ...(action ? { action: { text: action.label, action: action.run } } : {}),
    });
  }
}
