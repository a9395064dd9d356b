import { css } from "lit";

import { base } from "../../theme/controls";

export const styles = [
  base,
  css`
    :host {
      --glass: rgba(13, 16, 19, 0.68);
      display: block;
      min-width: 0;
    }

    figure {
      position: relative;
      margin: 0;
      overflow: hidden;
      border: 1px solid var(--o-line);
      border-radius: var(--o-r-card);
      background: var(--o-sunken);
    }

    figure:fullscreen {
      display: grid;
      align-items: center;
      border: 0;
      border-radius: 0;
      background: #000;
    }

    figure:fullscreen odin-picture {
      height: 100dvh;
      background: #000;
    }

    .top,
    .bottom {
      position: absolute;
      right: 10px;
      left: 10px;
      display: flex;
      gap: 8px;
      align-items: center;
      pointer-events: none;
    }

    .top {
      top: 10px;
      flex-wrap: wrap;
    }

    .bottom {
      bottom: 10px;
    }

    .bottom > *,
    .top > * {
      pointer-events: auto;
    }

    .space {
      flex: 1;
    }

    .glass {
      display: inline-flex;
      gap: 6px;
      align-items: center;
      min-height: 24px;
      padding: 0 9px;
      border-radius: var(--o-r-pill);
      background: var(--glass);
      color: #fff;
      font-size: var(--o-t-s);
      font-weight: var(--o-w-m);
    }

    .glass i {
      width: 8px;
      height: 8px;
      border-radius: 50%;
      background: #ff5f4a;
    }

    .glass.press {
      position: relative;
      justify-content: center;
      width: 38px;
      height: 38px;
      padding: 0;
      border: 0;
      border-radius: var(--o-r-in);
      color: #fff;
      cursor: pointer;
      transition: background var(--o-fast);
    }

    .glass.press::after {
      content: "";
      position: absolute;
      inset: -3px;
    }

    .glass.press:hover {
      background: rgba(13, 16, 19, 0.88);
    }

    .glass.press:focus-visible {
      box-shadow:
        0 0 0 2px #fff,
        0 0 0 4px var(--o-accent);
    }

    .glass.lit {
      color: #ffd76b;
    }

    .glass[aria-busy="true"] {
      outline: 2px dashed #fff;
      outline-offset: -3px;
    }

    .problem {
      position: absolute;
      right: 10px;
      bottom: 60px;
      left: 10px;
      display: block;
      width: fit-content;
      max-width: calc(100% - 20px);
      padding: 6px 11px;
      border-radius: var(--o-r-in);
    }

    .without {
      display: flex;
      flex-wrap: wrap;
      gap: 10px 14px;
      align-items: center;
      padding: 14px 16px;
      --icon-size: 26px;
    }

    .without odin-icon {
      color: var(--o-text-2);
    }

    .without odin-state-pill {
      flex: none;
    }

    figcaption {
      display: grid;
      flex: 1 1 14em;
      min-width: 0;
      font-size: var(--o-t-b);
    }

    figcaption span {
      color: var(--o-text-2);
    }

    @media (pointer: coarse), (max-width: 699px) {
      .glass.press {
        width: var(--o-touch);
        height: var(--o-touch);
      }
    }
  `,
];
