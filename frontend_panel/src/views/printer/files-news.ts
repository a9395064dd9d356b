/** What moves by itself in the files of a printer: uploads from here, and files that arrived, whoever sent them. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

import type { Task } from "../../api/types";
import type { Uploads } from "../../store/uploads";

/** Renders the host anew whenever an upload moved. */
export class Watched implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #uploads: () => Uploads;

  constructor(host: ReactiveControllerHost, uploads: () => Uploads) {
    this.#host = host;
    this.#uploads = uploads;
    host.addController(this);
  }

  get list(): Uploads {
    return this.#uploads();
  }

  hostConnected(): void {
    this.list.addEventListener("changed", this.#changed);
  }

  hostDisconnected(): void {
    this.list.removeEventListener("changed", this.#changed);
  }

  readonly #changed = (): void => {
    this.#host.requestUpdate();
  };
}

/** Returns the id of the task that last put a file on this printer, `""` where none did lately. */
export function lastArrived(tasks: Readonly<Record<string, Task>>, printerId: string): string {
  const arrived = Object.values(tasks).filter(
    ({ kind, state, result }) => kind === "printer_upload" && state === "done" && result?.["printer_id"] === printerId,
  );
  return arrived.sort((a, b) => (b.ended_at ?? "").localeCompare(a.ended_at ?? ""))[0]?.id ?? "";
}
