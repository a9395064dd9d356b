import { css } from "lit";

import { base, buttons } from "../../theme/controls";

export const settingsStyles = [
  base,
  buttons,
  css`
    :host {
      display: grid;
      grid-template-columns: 216px minmax(0, 1fr);
      gap: var(--o-6);
      align-items: start;
      max-width: 1320px;
    }

    nav {
      position: sticky;
      top: 84px;
      min-width: 0;
    }

    nav h2 {
      padding: 14px 12px 6px;
      color: var(--o-text-2);
      font-size: var(--o-t-s);
      font-weight: var(--o-w-m);
    }

    nav h2:first-child {
      padding-top: 0;
    }

    nav a {
      display: flex;
      gap: 12px;
      align-items: center;
      min-height: 40px;
      padding: 6px 12px;
      border-radius: var(--o-r-control);
      color: var(--o-text);
      text-decoration: none;
      --icon-size: 20px;
    }

    nav a > odin-icon {
      color: var(--o-text-2);
    }

    nav a:hover {
      background: var(--o-hover);
    }

    .what {
      display: none;
    }

    .go {
      display: none;
    }

    .content {
      display: grid;
      gap: var(--o-4);
      min-width: 0;
    }

    .content > * {
      min-width: 0;
    }

    header p {
      max-width: 72ch;
    }

    .back {
      display: none;
      justify-self: start;
      padding-left: 8px;
    }

    @container (min-width: 900px) {
      nav a[aria-current="page"] {
        background: var(--o-accent-soft);
        color: var(--o-accent-text);
        font-weight: var(--o-w-b);
      }

      nav a[aria-current="page"] > odin-icon {
        color: inherit;
      }

      @media (forced-colors: active) {
        nav a[aria-current="page"] {
          outline: 2px solid Highlight;
          outline-offset: -2px;
        }
      }
    }

    @media (pointer: coarse) {
      nav a {
        min-height: var(--o-touch);
      }
    }

    @container (max-width: 899px) {
      :host {
        grid-template-columns: minmax(0, 1fr);
      }

      :host([section=""]) .content,
      :host(:not([section=""])) nav {
        display: none;
      }

      .back {
        display: inline-flex;
      }

      nav {
        position: static;
      }

      nav ul {
        border: 1px solid var(--o-line);
        border-radius: var(--o-r-card);
        background: var(--o-card);
      }

      nav li + li {
        border-top: 1px solid var(--o-line);
      }

      nav a {
        min-height: 60px;
        padding: 8px 12px;
      }

      nav a > span {
        flex: 1;
        min-width: 0;
      }

      .name {
        display: block;
        font-weight: var(--o-w-b);
      }

      .what {
        display: block;
        color: var(--o-text-2);
        font-size: var(--o-t-b);
      }

      .go {
        display: block;
      }
    }
  `,
];
