import { css } from "lit";

import { base, buttons } from "../../theme/controls";

export const styles = [
  base,
  buttons,
  css`
    :host {
      display: block;
      min-width: 0;
    }

    odin-popover {
      display: block;
      --popover-width: 272px;
    }

    .who {
      display: flex;
      gap: 10px;
      align-items: center;
      width: 100%;
      min-height: 52px;
      padding: 6px 8px;
      border: 0;
      border-radius: var(--o-r-control);
      background: none;
      color: inherit;
      font: inherit;
      text-align: start;
      cursor: pointer;
    }

    .who:hover {
      background: var(--o-hover);
    }

    .avatar {
      position: relative;
      display: grid;
      flex: none;
      place-items: center;
      width: 32px;
      height: 32px;
      border-radius: 50%;
      background: var(--o-accent-soft);
      color: var(--o-accent-text);
      font-size: var(--o-t-s);
      font-weight: var(--o-w-b);
    }

    .words {
      display: grid;
      min-width: 0;
      font-size: var(--o-t-b);
      line-height: 1.35;
    }

    .short {
      display: none;
    }

    .person {
      display: grid;
      gap: 2px;
      padding: 8px 12px 12px;
    }

    odin-segmented {
      display: block;
      margin: 0 4px 4px;
    }

    hr {
      width: 100%;
      margin: 4px 0;
      border: 0;
      border-top: 1px solid var(--o-line);
    }

    .row {
      justify-content: flex-start;
      width: 100%;
      min-height: var(--o-touch);
      padding: 0 12px;
    }

    /* Where the words have no room, the state of the line sits on the picture. */
    @container (max-width: 1199px) {
      .who {
        flex-direction: column;
        gap: 2px;
        justify-content: center;
        padding: 4px 0;
      }

      .words {
        display: none;
      }

      .avatar::after {
        content: "";
        position: absolute;
        right: -3px;
        bottom: -1px;
        width: 10px;
        height: 10px;
        border: 2px solid var(--o-card);
        border-radius: 50%;
        background: var(--o-offline);
      }

      .avatar[data-phase="live"]::after {
        background: var(--o-finished);
      }

      .avatar[data-phase="lost"]::after {
        background: var(--o-attention);
      }
    }

    @container (max-width: 699px) {
      .avatar {
        width: 28px;
        height: 28px;
        font-size: 11px;
      }

      .short {
        display: block;
        color: var(--o-text-2);
        font-size: 11px;
        font-weight: var(--o-w-m);
      }
    }
  `,
];
