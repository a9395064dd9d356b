/**
 * An element that only says why the one of its name is not there, and offers to load the page again. Without Lit and without
 * our own elements: either another build has taken their names, or their files did not come.
 */

import { t } from "../localize";
import type { TextKey } from "../localize";

const SURFACE = `border: var(--ha-card-border-width, 1px) solid var(--ha-card-border-color, var(--divider-color, #e0e0e0));
  background: var(--ha-card-background, var(--card-background-color, white)); color: var(--primary-text-color)`;
const LOOKS = {
  panel: "display: block; padding: 24px; color: var(--primary-text-color)",
  card: `display: block; padding: 12px 16px; border-radius: var(--ha-card-border-radius, 12px); ${SURFACE}`,
  badge: `display: block; padding: 6px 12px; border-radius: 18px; ${SURFACE}`,
} as const;

/** Gives a name to an element that says that text; a badge has room for the way out only. */
export function defineStandIn(name: string, text: TextKey, look: keyof typeof LOOKS = "panel"): void {
  if (customElements.get(name)) return;
  customElements.define(
    name,
    class extends HTMLElement {
      /** Home Assistant tells every card its options. */
      setConfig(): void {
        // There is no card to take them.
      }

      connectedCallback(): void {
        const button = document.createElement("button");
        button.textContent = t("page.reload");
        button.title = t(text);
        button.addEventListener("click", () => {
          location.reload();
        });
        const words = document.createElement("p");
        words.textContent = t(text);
        words.hidden = look === "badge";
        this.style.cssText = LOOKS[look];
        this.replaceChildren(words, button);
      }
    },
  );
}
