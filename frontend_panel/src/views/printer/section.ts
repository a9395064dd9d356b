import { consume } from "@lit/context";
import type { PropertyValues } from "lit";
import { LitElement } from "lit";
import { property } from "lit/decorators.js";

import type { Transport } from "../../api/transport";
import type { Permission, Printer } from "../../api/types";
import type { Services } from "../../services";
import { servicesContext } from "../../services";
import { Presses } from "../../store/presses";
import { permits, unknownSession } from "../../store/session";
import { Slice } from "../../store/store";
import type { CommandKind } from "./locks";
import { knows, lockOf } from "./locks";

/**
 * What the sections of a printer's page have in common: the printer, who asks, and what became of the presses.
 *
 * Properties: `printer`.
 */
export abstract class PrinterSection extends LitElement {
  @property({ attribute: false }) printer!: Printer;
  @consume({ context: servicesContext }) protected readonly services!: Services;
  protected readonly presses = new Presses(this);
  readonly #session = new Slice(this, () => this.services.store, (all) => all.session);
  readonly #phase = new Slice(this, () => this.services.store, (all) => all.live.phase);

  protected get transport(): Transport {
    return this.services.transport;
  }

  protected may(permission: Permission): boolean {
    return permits(this.#session.value ?? unknownSession, permission);
  }

  /** Whether what is shown may be long past. */
  protected get isOld(): boolean {
    return !this.hearsEngine || !this.printer.is_live;
  }

  protected get hearsEngine(): boolean {
    return this.#phase.value === "live";
  }

  protected get asker() {
    return { mayControl: this.may("control:printers"), hearsEngine: this.hearsEngine };
  }

  protected can(kind: CommandKind): boolean {
    return knows(this.printer, kind);
  }

  protected lock(kind: CommandKind): string {
    return lockOf(this.printer, kind, this.asker);
  }

  /** Returns a lock that is not the one of every control, which stands at the top. */
  protected ownLock(lock: string): string {
    return lock === this.lock("set_light") ? "" : lock;
  }

  protected override update(changed: PropertyValues): void {
    this.toggleAttribute("old", this.isOld);
    this.hidden = this.isEmpty();
    super.update(changed);
  }

  /** Whether there is nothing to say: the element then takes no room. */
  protected isEmpty(): boolean {
    return false;
  }
}
