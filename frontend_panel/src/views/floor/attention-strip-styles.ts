import { css } from "lit";

import { base, buttons } from "../../theme/controls";

export const stripStyles = [
  base,
  buttons,
  css`
    :host {
      display: block;
      container-type: inline-size;
    }

    ul {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(240px, 100%), 1fr));
      gap: var(--o-3);
    }

    li {
      --hue: var(--o-idle);
      --ink: var(--o-idle-text);
      display: flex;
      flex-direction: column;
      gap: 10px;
      min-width: 0;
      padding: 13px 14px 12px;
      border: 1px solid var(--o-line);
      border-radius: var(--o-r-card);
      background: var(--o-card);
    }

    li[data-look="attention"] {
      --hue: var(--o-attention);
      --ink: var(--o-attention-text);
    }

    li[data-look="failed"] {
      --hue: var(--o-failed);
      --ink: var(--o-failed-text);
    }

    li[data-look="plate"] {
      --hue: var(--o-finished);
      --ink: var(--o-finished-text);
    }

    li[data-look="offline"] {
      --hue: var(--o-offline);
      --ink: var(--o-offline-text);
    }

    .head {
      display: flex;
      flex: 1;
      gap: 11px;
      align-items: flex-start;
      min-width: 0;
    }

    .picture {
      display: grid;
      flex: none;
      place-items: center;
      width: 36px;
      height: 36px;
      border-radius: 11px;
      background: color-mix(in srgb, var(--hue) calc(var(--o-tint) + 3%), var(--o-card));
      color: var(--ink);
      --icon-size: 21px;
    }

    .text {
      min-width: 0;
      line-height: 1.35;
      overflow-wrap: anywhere;
    }

    .title {
      font-weight: var(--o-w-b);
    }

    .reason {
      display: -webkit-box;
      overflow: hidden;
      font-size: var(--o-t-b);
      -webkit-box-orient: vertical;
      -webkit-line-clamp: 3;
    }

    .row {
      display: flex;
      flex-wrap: wrap;
      gap: 4px 8px;
      align-items: flex-start;
    }

    .main {
      --o-button: color-mix(in srgb, var(--hue) calc(var(--o-tint) + 4%), var(--o-card));
    }

    .more {
      margin-top: 4px;
      color: var(--o-text-2);
    }

    .more .up {
      rotate: 180deg;
    }

    :host([stale]) .picture {
      filter: saturate(0.2);
    }

    /* On a phone it is one list, and what helps stands beside the sentence. */
    @container (max-width: 560px) {
      ul {
        gap: 0;
        border: 1px solid var(--o-line);
        border-radius: var(--o-r-card);
        background: var(--o-card);
      }

      li {
        flex-direction: row;
        gap: 8px;
        align-items: center;
        padding: 10px 10px 10px 12px;
        border: 0;
        background: none;
      }

      li + li {
        border-top: 1px solid var(--o-line);
        border-radius: 0;
      }

      .reason {
        font-size: var(--o-t-s);
        -webkit-line-clamp: 2;
      }

      .row {
        flex: 0 0 auto;
        max-width: 45%;
      }

      .main + .quiet {
        display: none;
      }
    }
  `,
];
