/** What makes an element of ours look like one of Home Assistant's cards, in any theme. */

import { css, unsafeCSS } from "lit";

import tokens from "../theme/tokens.css?inline";

/** Every `--o-*` of the panel, on the host. */
export const tokenStyles = unsafeCSS(tokens);

export const surface = css`
  .surface {
    position: relative;
    box-sizing: border-box;
    overflow: hidden;
    border: var(--ha-card-border-width, 1px) solid var(--ha-card-border-color, var(--divider-color, #e0e0e0));
    border-radius: var(--ha-card-border-radius, var(--ha-border-radius-lg, 12px));
    background: var(--ha-card-background, var(--card-background-color, white));
    backdrop-filter: var(--ha-card-backdrop-filter, none);
    box-shadow: var(--ha-card-box-shadow, none);
    color: var(--primary-text-color);
  }
`;
