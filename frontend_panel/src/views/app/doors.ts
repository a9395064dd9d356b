/** The pages before the login, for whoever signs in at the engine itself. */

import { html } from "lit";

import type { Doors } from "./app";

export const doors: Doors = {
  setup: () => ({ name: "setup", load: () => import("../setup/setup"), draw: () => html`<odin-setup></odin-setup>` }),
  signIn: (hasEnded) => ({
    name: "sign-in",
    load: () => import("../sign-in/sign-in"),
    draw: () => html`<odin-sign-in .hasEnded=${hasEnded}></odin-sign-in>`,
  }),
  newPassword: (name) => ({
    name: "new-password",
    load: () => import("../new-password/new-password"),
    draw: () => html`<odin-new-password .name=${name}></odin-new-password>`,
  }),
};
