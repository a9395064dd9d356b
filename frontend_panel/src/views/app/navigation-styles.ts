import { css } from "lit";

import { base } from "../../theme/controls";

export const navigationStyles = [
  base,
  css`
    :host {
      display: block;
    }

    nav {
      position: sticky;
      top: 0;
      display: flex;
      flex-direction: column;
      gap: 2px;
      box-sizing: border-box;
      height: 100dvh;
      padding: 12px 10px 10px;
      padding-left: max(10px, var(--o-safe-left));
      border-right: 1px solid var(--o-line);
      background: var(--o-card);
    }

    .home {
      padding: 2px 8px 14px;
      color: inherit;
      text-decoration: none;
    }

    .item {
      position: relative;
      display: flex;
      gap: 12px;
      align-items: center;
      min-height: var(--o-touch);
      padding: 0 10px;
      border-radius: var(--o-r-control);
      color: var(--o-text-2);
      font-weight: var(--o-w-m);
      text-decoration: none;
      transition: background var(--o-fast);
    }

    .item:hover {
      background: var(--o-hover);
      color: var(--o-text);
    }

    .item[aria-current] {
      background: var(--o-accent-soft);
      color: var(--o-accent-text);
      font-weight: var(--o-w-b);
    }

    .picture {
      display: grid;
    }

    .count {
      margin-left: auto;
      color: var(--o-attention-text);
      font-weight: var(--o-w-b);
    }

    .foot {
      margin-top: auto;
    }

    @container (max-width: 1199px) {
      nav {
        padding-right: 8px;
        padding-left: max(8px, var(--o-safe-left));
      }

      .home {
        align-self: center;
        padding: 2px 0 12px;
      }

      .home odin-brand {
        width: 32px;
        overflow: hidden;
      }

      .item {
        flex-direction: column;
        gap: 2px;
        justify-content: center;
        height: 54px;
        padding: 0;
        font-size: 11px;
      }

      .count {
        position: absolute;
        top: 3px;
        left: calc(50% + 4px);
        min-width: 17px;
        margin: 0;
        padding: 0 4px;
        border-radius: var(--o-r-pill);
        background: var(--o-attention);
        color: #1b1000;
        font-size: 11px;
        line-height: 17px;
        text-align: center;
      }
    }

    @container (max-width: 699px) {
      nav {
        position: static;
        flex-direction: row;
        gap: 0;
        height: auto;
        padding: 4px max(4px, var(--o-safe-right)) var(--o-safe-bottom) max(4px, var(--o-safe-left));
        border-top: 1px solid var(--o-line);
        border-right: 0;
      }

      .home {
        display: none;
      }

      .item,
      .foot {
        flex: 1 1 0;
        min-width: 0;
        margin: 0;
      }

      .item[aria-current] {
        background: none;
      }

      .picture {
        padding: 3px 16px;
        border-radius: var(--o-r-pill);
      }

      .item[aria-current] .picture {
        background: var(--o-accent-soft);
      }
    }

    @media (forced-colors: active) {
      .item[aria-current] {
        outline: 2px solid Highlight;
        outline-offset: -2px;
      }
    }
  `,
];
