/** What every view may ask for, handed down by the door through a context. */

import { createContext } from "@lit/context";

import type { Transport } from "./api/transport";
import type { Keeper } from "./store/keeper";
import type { Store } from "./store/store";
import type { Toasts } from "./store/toasts";

export interface Services {
  readonly transport: Transport;
  readonly store: Store;
  readonly keeper: Keeper;
  readonly toasts: Toasts;
}

export const servicesContext = createContext<Services>(Symbol("odin-services"));
