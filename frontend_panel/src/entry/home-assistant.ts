/** The door for Home Assistant's sidebar: `<odin-panel>`. Small, because it is loaded before anything is known about the page. */

import { isBuildOfPage, tellOutdated } from "../host/build";
import { defineStandIn } from "../host/stand-in";

const PANEL = "odin-panel";

if (isBuildOfPage()) {
  import("../host/panel").catch(() => {
    defineStandIn(PANEL, "host.not_loaded");
  });
} else {
  tellOutdated();
  defineStandIn(PANEL, "host.outdated");
}
