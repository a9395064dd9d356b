import type { Permission } from "../../api/types";
import type { LazyPage } from "../app/lazy-page";

/** A section of the settings: who may see it, and its page. */
export interface Section {
  readonly id: string;
  readonly group: "farm" | "you" | "engine";
  readonly title: string;
  /** What is found there. */
  readonly what: string;
  readonly icon: string;
  readonly needs: Permission;
  readonly page: LazyPage;
}
