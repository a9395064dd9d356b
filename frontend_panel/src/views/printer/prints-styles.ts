import { css } from "lit";

import { base, buttons, cards } from "../../theme/controls";

export const styles = [
  base,
  buttons,
  cards,
  css`
    .runs {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(158px, 1fr));
      gap: 14px 12px;
    }

    .run {
      min-width: 0;
      font-size: var(--o-t-b);
    }

    odin-picture,
    odin-skeleton {
      --ratio: 16 / 11;
      border: 1px solid var(--o-line);
      border-radius: var(--o-r-in);
    }

    odin-skeleton {
      height: 120px;
    }

    .run.now odin-picture {
      border-color: var(--o-printing);
      box-shadow: 0 0 0 1px var(--o-printing);
    }

    .name {
      display: flex;
      gap: 6px;
      align-items: center;
      margin-top: 7px;
      font-weight: var(--o-w-b);
      --icon-size: 17px;
    }

    .now .name odin-icon {
      color: var(--o-printing);
    }

    [data-result="finished"] .name odin-icon {
      color: var(--o-finished);
    }

    [data-result="failed"] .name odin-icon {
      color: var(--o-failed);
    }

    [data-result="cancelled"] .name odin-icon,
    [data-result="unknown"] .name odin-icon {
      color: var(--o-text-2);
    }

    .when {
      color: var(--o-text-2);
      font-size: var(--o-t-s);
    }

    .more {
      display: flex;
      justify-content: center;
      margin-top: 12px;
    }

    @container (max-width: 699px) {
      .runs {
        grid-template-columns: repeat(2, minmax(0, 1fr));
      }
    }
  `,
];
