import type { TemplateResult } from "lit";

/** A page whose code comes when it is first looked at. */
export interface LazyPage {
  readonly name: string;
  /** What it shows, where another thing needs another page of the same kind. */
  readonly about?: string;
  readonly load: () => Promise<unknown>;
  readonly draw: () => TemplateResult;
}
