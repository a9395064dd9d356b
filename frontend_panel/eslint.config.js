import js from "@eslint/js";
import { configs as lit } from "eslint-plugin-lit";
import litA11y from "eslint-plugin-lit-a11y";
import { configs as wc } from "eslint-plugin-wc";
import tseslint from "typescript-eslint";

/** Folders a layer may not import from; types are free. */
const strangers = (...folders) => ({
  "@typescript-eslint/no-restricted-imports": [
    "error",
    {
      patterns: folders.map((folder) => ({
        group: [`**/${folder}/**`],
        allowTypeImports: true,
        message: `This layer does not know ${folder}/. Components: props in, events out. See the layers in README.md.`,
      })),
    },
  ],
});

export default tseslint.config(
  { ignores: ["dist/", "dist-home-assistant/", "node_modules/", "src/api/schema.ts"] },
  js.configs.recommended,
  {
    files: ["src/**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      // Index signatures are read in brackets, as noPropertyAccessFromIndexSignature asks.
      "@typescript-eslint/dot-notation": "off",
    },
  },
  {
    files: ["src/{cards,components,views,host,entry}/**/*.ts"],
    extends: [lit["flat/all"], wc["flat/best-practice"]],
    plugins: { "lit-a11y": litA11y },
    rules: {
      ...litA11y.configs.recommended.rules,
      "lit/no-template-map": "off",
      "lit/no-template-arrow": "off",
      // LitElement has every lifecycle callback.
      "wc/guard-super-call": "off",
    },
  },
  { files: ["src/components/**/*.ts"], rules: strangers("api", "store", "views", "host", "cards", "entry") },
  { files: ["src/{api,store,localize,theme}/**/*.ts"], rules: strangers("components", "views", "host", "cards", "entry") },
  { files: ["src/views/**/*.ts"], rules: strangers("host", "cards", "entry") },
  { files: ["src/host/**/*.ts"], rules: strangers("cards", "entry") },
);
