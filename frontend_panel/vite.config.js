import { env } from "node:process";
import { gzipSync } from "node:zlib";

import { defineConfig } from "vitest/config";

/** Text this long is worth a second file: the engine hands out the .gz as it is and compresses nothing itself. */
const WORTH_COMPRESSING = 1400;

/** @returns {import("vite").Plugin} */
function compressed() {
  return {
    name: "odin:compressed",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        for (const [fileName, output] of Object.entries(bundle)) {
          const content = output.type === "chunk" ? output.code : output.source;
          if (!/\.(js|css)$/.test(fileName) || content.length < WORTH_COMPRESSING) continue;
          this.emitFile({ type: "asset", fileName: `${fileName}.gz`, source: gzipSync(content, { level: 9 }) });
        }
      },
    },
  };
}

export default defineConfig({
  // Relative to the <base> of the document, which follows the prefix of a proxy.
  base: "./",
  plugins: [compressed()],
  build: {
    target: ["chrome111", "firefox114", "safari16.4"],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    license: { fileName: "licenses.md" },
  },
  server: {
    // `npm run dev` beside a running engine.
    proxy: { "/api": { target: env.ODIN_ENGINE ?? "http://127.0.0.1:8710", ws: true } },
  },
  test: { include: ["src/**/*.test.ts"] },
});
