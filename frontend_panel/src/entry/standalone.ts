/** The door for a browser that opened the engine's own address. */

import "../theme/tokens.css";
import "../theme/page.css";

import { DirectTransport } from "../api/direct";
import { standalone } from "../host/standalone";
import { Keeper } from "../store/keeper";
import { Store } from "../store/store";
import { Toasts } from "../store/toasts";
import { startTheme } from "../theme/theme";
import { OdinApp } from "../views/app/app";
import { doors } from "../views/app/doors";
import { standIn } from "../views/app/surroundings";

startTheme();
standIn(standalone);

const transport = new DirectTransport();
const store = new Store();
const keeper = new Keeper(transport, store);

const app = document.querySelector("odin-app");
if (app instanceof OdinApp) {
  app.doors = doors;
  app.services = { transport, store, keeper, toasts: new Toasts() };
}
void keeper.start();
