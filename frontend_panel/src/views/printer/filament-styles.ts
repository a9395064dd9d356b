import { css } from "lit";

import { base, buttons, cards } from "../../theme/controls";
import { sheetStyles } from "./slot-sheet";

export const styles = [
  base,
  buttons,
  cards,
  sheetStyles,
  css`
    .units {
      display: flex;
      flex-wrap: wrap;
      gap: 12px;
    }

    odin-ams-unit {
      flex: 1 1 84px;
      max-width: min(100%, 240px);
    }

    /* A box of its own has a head with more to say than a bare holder. */
    odin-ams-unit.boxed {
      flex: 1.4 1 164px;
    }

    odin-ams-unit.two {
      flex: 2 1 180px;
      max-width: 100%;
    }

    odin-ams-unit.four {
      flex: 4 1 270px;
      max-width: 100%;
    }

    .doing {
      font-weight: var(--o-w-b);
    }

    .failed {
      display: flex;
      gap: 4px;
      align-items: flex-start;
      margin-top: 10px;
      color: var(--o-failed-text);
      font-size: var(--o-t-b);
      font-weight: var(--o-w-m);
      overflow-wrap: anywhere;
      --icon-size: 16px;
    }

    .failed .button {
      flex: none;
      width: 24px;
      min-height: 24px;
      color: inherit;
    }

    @container (max-width: 699px) {
      .units {
        gap: 8px;
      }

      odin-ams-unit:is(:not(.two, .four)) {
        flex-basis: 130px;
        max-width: calc(50% - 4px);
      }
    }
  `,
];
