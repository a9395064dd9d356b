import { css } from "lit";

/** The row: for thirty printers and more. */
export const smallStyles = css`
  :host([size="S"]) article {
    border: 0;
    border-radius: 0;
    /* The rows' own ground shows: a fraction of a pixel must not hide the line between two. */
    background: none;
  }

  :host([size="S"]) article:has(h2 a:focus-visible) {
    border-radius: var(--o-r-in);
  }

  :host([size="S"]) .body {
    display: grid;
    grid-template-columns: minmax(160px, 1fr) 170px minmax(0, 1.2fr) 128px 124px;
    gap: 4px 16px;
    align-items: center;
    min-height: 56px;
    padding: 6px 14px;
  }

  :host([size="S"]) odin-progress-ring {
    --ring-text: 11px;
    --ring-icon: 16px;
    width: 36px;
    height: 36px;
  }

  :host([size="S"]) h2 {
    font-size: var(--o-t-m);
  }

  :host([size="S"]) odin-state-pill {
    justify-self: start;
  }

  :host([size="S"]) :is(.link, .faults, .hint) {
    display: none;
  }

  :host([size="S"]) .filament {
    grid-row: 1;
    grid-column: 3;
    flex-wrap: nowrap;
  }

  :host([size="S"]) odin-filament-units {
    min-height: 0;
    padding-bottom: 0;
  }

  :host([size="S"]) .time {
    grid-row: 1;
    grid-column: 4;
    flex-direction: column;
    gap: 0;
    align-items: flex-end;
    justify-self: end;
    min-width: 0;
  }

  :host([size="S"]) :is(.time b, .away) {
    font-size: 15px;
  }

  :host([size="S"]) .layer {
    display: none;
  }

  :host([size="S"]) .actions {
    grid-row: 1;
    grid-column: 5;
    justify-content: flex-end;
    margin: 0;
  }

  @container (max-width: 899px) {
    :host([size="S"]) .body {
      grid-template-columns: minmax(0, 1fr) auto;
    }

    :host([size="S"]) .filament {
      display: none;
    }

    :host([size="S"]) odin-state-pill {
      grid-row: 2;
      grid-column: 1;
      margin-left: 48px;
    }

    :host([size="S"]) .time {
      grid-row: 1;
      grid-column: 2;
    }

    :host([size="S"]) .actions {
      grid-row: 2;
      grid-column: 2;
      justify-self: end;
    }
  }
`;
