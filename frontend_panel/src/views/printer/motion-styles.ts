import { css } from "lit";

import { styles as rows } from "./control-styles";

export const styles = [
  ...rows,
  css`
    .pads {
      display: flex;
      flex-wrap: wrap;
      gap: 14px 22px;
      align-items: center;
      padding: 12px 0;
    }

    .pad {
      display: grid;
      grid-template: repeat(3, auto) / repeat(3, auto);
      gap: 4px;
      place-items: center;
      padding: 6px;
      border-radius: var(--o-r-card);
      background: var(--o-sunken);
    }

    .pad.tall {
      grid-template: repeat(3, auto) / auto;
    }

    .arrow {
      width: var(--o-touch);
      height: var(--o-touch);
      background: var(--o-card);
      border-color: var(--o-line-strong);
    }

    .pad:not(.tall) > .yplus {
      grid-area: 1 / 2;
    }

    .pad:not(.tall) > .xminus {
      grid-area: 2 / 1;
    }

    .pad:not(.tall) > .middle {
      grid-area: 2 / 2;
    }

    .pad:not(.tall) > .xplus {
      grid-area: 2 / 3;
    }

    .pad:not(.tall) > .yminus {
      grid-area: 3 / 2;
    }

    .middle {
      display: grid;
      place-items: center;
      width: var(--o-touch);
      height: 32px;
      color: var(--o-text-2);
      font-size: var(--o-t-s);
      font-weight: var(--o-w-b);
    }

    .side {
      display: grid;
      gap: 10px;
      justify-items: start;
      min-width: 0;
    }

    .choices {
      display: grid;
      padding: 4px 0 10px;
    }

    .choices label {
      display: flex;
      gap: 12px;
      align-items: center;
      min-height: 40px;
      font-size: var(--o-t-b);
      cursor: pointer;
    }

    .choices input {
      width: 20px;
      height: 20px;
      margin: 0;
      accent-color: var(--o-accent);
    }

    @media (pointer: coarse), (max-width: 699px) {
      .choices label {
        min-height: var(--o-touch);
      }
    }
  `,
];
