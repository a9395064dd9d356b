import { env } from "node:process";

import { defineConfig } from "vitest/config";

import { common, compressed } from "./vite.common.js";

/** The engine's own pages, and what `npm run dev` and `npm test` go by. */
export default defineConfig({
  ...common,
  // Relative to the <base> of the document, which follows the prefix of a proxy.
  base: "./",
  plugins: [compressed()],
  server: {
    // `npm run dev` beside a running engine.
    proxy: { "/api": { target: env.ODIN_ENGINE ?? "http://127.0.0.1:8710", ws: true } },
  },
  test: { include: ["src/**/*.test.ts"] },
});
