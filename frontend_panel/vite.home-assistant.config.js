import { existsSync } from "node:fs";

import { defineConfig } from "vite";

import { common, compressed } from "./vite.common.js";

/** Named in the manifest by these paths; the integration looks them up there. */
const ENTRIES = ["src/entry/home-assistant.ts", "src/entry/cards.ts"];

/** The files that the integration serves to Home Assistant's pages: the panel and the cards, from common parts. */
export default defineConfig({
  ...common,
  // Relative to the file that asks: where the integration puts them is its own business.
  base: "./",
  plugins: [compressed()],
  publicDir: false,
  build: {
    ...common.build,
    outDir: "dist-home-assistant",
    manifest: "manifest.json",
    rollupOptions: { input: ENTRIES.filter((entry) => existsSync(`${import.meta.dirname}/${entry}`)) },
  },
});
