/** What both builds of the panel have in common: the engine's own pages, and the files for Home Assistant. */

import { gzipSync } from "node:zlib";

/** Text this long is worth a second file: whoever serves it hands out the .gz as it is and compresses nothing itself. */
const WORTH_COMPRESSING = 1400;

/** @returns {import("vite").Plugin} */
export function compressed() {
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

/** @satisfies {import("vite").UserConfig} */
export const common = {
  build: {
    target: ["chrome111", "firefox114", "safari16.4"],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    license: { fileName: "licenses.md" },
  },
};
