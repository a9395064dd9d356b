import { css } from "lit";

export const rowStyles = css`
  :host {
    display: grid;
    grid-template-columns: 32px 32px minmax(150px, 1.3fr) 132px minmax(0, 1.4fr) auto;
    gap: 0 8px;
    align-items: center;
    min-height: 58px;
    padding: 4px 0;
    border-radius: var(--o-r-in);
    background: var(--o-card);
  }

  :host([selected]) {
    background: var(--o-accent-soft);
  }

  .grip {
    position: relative;
    display: grid;
    place-items: center;
    width: 32px;
    height: var(--o-touch);
    padding: 0;
    border: 0;
    border-radius: var(--o-r-control);
    background: none;
    color: var(--o-text-2);
    cursor: grab;
    touch-action: none;
  }

  .grip:hover {
    background: var(--o-hover);
    color: var(--o-text);
  }

  .pick {
    display: grid;
    place-items: center;
    height: var(--o-touch);
    cursor: pointer;
  }

  .pick input {
    width: 18px;
    height: 18px;
    margin: 0;
    accent-color: var(--o-accent);
  }

  .name {
    display: grid;
    min-width: 0;
    min-height: var(--o-touch);
    align-content: center;
    padding: 0 6px;
    border: 0;
    border-radius: var(--o-r-control);
    background: none;
    color: inherit;
    font: inherit;
    text-align: start;
    cursor: pointer;
  }

  .name:hover b {
    text-decoration: underline;
    text-underline-offset: 2px;
  }

  .name .sub {
    font-size: var(--o-t-b);
  }

  odin-state-pill {
    justify-self: start;
  }

  .marks {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
    min-width: 0;
  }

  .marks li {
    display: inline-flex;
    gap: 4px;
    align-items: center;
    max-width: 180px;
    min-height: 24px;
    padding: 0 8px;
    border-radius: var(--o-r-chip);
    background: var(--o-button);
    font-size: var(--o-t-s);
    --icon-size: 14px;
  }

  .marks li odin-icon {
    flex: none;
    color: var(--o-text-2);
  }

  .actions {
    display: flex;
    align-items: center;
  }

  /* Narrow: name over state and marks, the menu says the rest. */
  @container (max-width: 1099px) {
    :host {
      grid-template-columns: 32px 32px minmax(0, 1fr) auto;
      padding: 8px 0;
    }

    .grip,
    .pick,
    .actions {
      grid-row: 1 / span 3;
    }

    .actions {
      grid-column: 4;
    }

    .name {
      grid-column: 3;
      grid-row: 1;
    }

    odin-state-pill {
      grid-column: 3;
      grid-row: 2;
      margin-left: 6px;
    }

    .marks {
      grid-column: 3;
      grid-row: 3;
      margin: 4px 0 0 6px;
    }

    .marks:not(:has(li)) {
      display: none;
    }
  }

  @container (max-width: 699px) {
    :host {
      grid-template-columns: 28px 32px minmax(0, 1fr) auto;
      gap: 0 4px;
    }

    .grip {
      width: 28px;
    }

    .edit {
      display: none;
    }
  }
`;

export const listStyles = css`
  .list > li {
    position: relative;
    min-width: 0;
  }

  .list > li + li {
    border-top: 1px solid var(--o-line);
  }

  .list > li.lifted {
    z-index: 2;
    border-radius: var(--o-r-in);
    translate: 0 var(--by, 0);
    box-shadow: 0 0 0 1px var(--o-accent), var(--o-shadow);
  }

  .list > li.before::before,
  .list > li.after::after {
    content: "";
    position: absolute;
    inset: -2px 0 auto;
    z-index: 1;
    height: 3px;
    border-radius: 2px;
    background: var(--o-accent);
  }

  .list > li.after::after {
    inset: auto 0 -2px;
  }

  .list > li > .trouble,
  .list > li > .result {
    display: grid;
    margin: 0 0 10px;
  }

  .all {
    display: inline-flex;
    gap: 12px;
    align-items: center;
    min-height: var(--o-touch);
    font-size: var(--o-t-b);
    cursor: pointer;
  }

  .all input {
    width: 18px;
    height: 18px;
    margin: 0 0 0 47px;
    accent-color: var(--o-accent);
  }

  .result {
    gap: 12px;
    justify-items: start;
    padding: 12px;
    border: 1px solid var(--o-line);
    border-radius: var(--o-r-in);
  }

  @container (max-width: 699px) {
    .all input {
      margin-left: 39px;
    }
  }
`;
