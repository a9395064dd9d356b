import { css } from "lit";

/** How the buttons look that unfold a choice of what the floor shows. */
export const pickButton = css`
  :host {
    flex: none;
  }

  .pick {
    padding: 0 12px;
    border-color: var(--o-line);
    border-radius: var(--o-r-pill);
    background: var(--o-card);
    font-size: var(--o-t-b);
    --icon-size: 17px;
  }

  .pick.on {
    border-color: var(--o-accent);
    background: var(--o-accent-soft);
    color: var(--o-accent-text);
    font-weight: var(--o-w-b);
  }
`;
