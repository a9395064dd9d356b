import type { ReactiveController, ReactiveControllerHost } from "lit";

import { readJobDetails } from "../../api/job";
import { ApiError } from "../../api/transport";
import type { Transport } from "../../api/transport";
import type { JobDetails } from "../../api/job";
import type { Printer } from "../../api/types";

/** A file may still be on its way to the printer, or from it. */
const AGAIN_MS = 60_000;

/** Fetches what the file of the present job says, once for each job where it is there. */
export class JobFile implements ReactiveController {
  details: JobDetails | undefined;
  /** Why there are none, in the engine's words. */
  reason = "";
  readonly #host: ReactiveControllerHost & Element;
  readonly #printer: () => Printer;
  readonly #transport: () => Transport;
  #of = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReactiveControllerHost & Element, printer: () => Printer, transport: () => Transport) {
    this.#host = host;
    this.#printer = printer;
    this.#transport = transport;
    host.addController(this);
  }

  hostUpdated(): void {
    const of = identity(this.#printer());
    if (of === this.#of) return;
    this.#of = of;
    clearTimeout(this.#timer);
    this.#take(undefined, "");
    if (of !== "") void this.#fetch(of);
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer);
    this.#of = "";
  }

  async #fetch(of: string): Promise<void> {
    try {
      const details = await readJobDetails(this.#transport(), this.#printer().id);
      if (of === this.#of) this.#take(details, "");
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (of !== this.#of || !this.#host.isConnected) return;
      this.#take(undefined, error.message);
      this.#timer = setTimeout(() => void this.#fetch(of), AGAIN_MS);
    }
  }

  #take(details: JobDetails | undefined, reason: string): void {
    if (details === this.details && reason === this.reason) return;
    this.details = details;
    this.reason = reason;
    this.#host.requestUpdate();
  }
}

/** What tells one job from the next; empty without one. */
function identity({ id, job, capabilities, is_live: isLive }: Printer): string {
  if (!job || !isLive || !capabilities.has_print_details) return "";
  return [id, job.external_id, job.token, job.file, job.plate, job.started_at].join("/");
}
