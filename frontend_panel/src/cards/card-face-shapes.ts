import { css } from "lit";

/** How the face of a card is laid out: in one row, below its picture or beside it, small or in full, cut or as it likes. */
export const shapeStyles = css`
  /* One row: nothing but who it is and how it goes. */
  [data-shape="line"] .body {
    flex-direction: row;
    align-items: center;
    padding: 0 10px;
  }

  [data-shape="line"] .id {
    flex: 1;
    gap: 10px;
  }

  [data-shape="line"] odin-progress-ring {
    --ring-text: 11px;
    --ring-icon: 16px;
    width: 36px;
    height: 36px;
  }

  [data-shape="line"] :is(h2, .job) {
    font-size: var(--o-t-m);
    line-height: 1.3;
  }

  [data-shape="line"] .job {
    font-size: var(--o-t-s);
  }

  [data-shape="line"] .actions {
    flex: none;
  }

  [data-shape="beside"] {
    flex-direction: row;
  }

  [data-shape="beside"] .picture {
    flex: 0 0 44%;
    min-height: 150px;
  }

  [data-shape="beside"] .body {
    flex: 1;
  }

  [data-shape="beside"][data-layout="grid"] .actions {
    margin-top: auto;
  }

  /* Cut to rows: what is too much for them is not drawn, what grows later can be scrolled to. */
  :host([cut]) .body {
    min-height: 0;
    overflow: hidden auto;
  }

  :host([cut]) [data-shape="beside"] .picture {
    min-height: 0;
  }

  :host([cut]) [data-layout="full"]:not([data-shape="beside"]) .picture {
    flex: 1 0 0;
    aspect-ratio: auto;
    min-height: 90px;
    max-height: none;
  }

  :host([cut]) [data-layout="full"]:not([data-shape="beside"]) .picture + .body {
    flex: 0 1 auto;
  }

  /* What is pressed stays in sight while the rest is scrolled. */
  :host([cut]) [data-layout="full"] .actions {
    position: sticky;
    bottom: -14px;
    margin-bottom: -14px;
    padding-block: 8px 14px;
    background: var(--o-card);
  }

  :host([cut]) [data-layout="grid"] .filament {
    max-height: 43px;
    overflow: hidden;
  }

  :host([cut]) [data-layout="grid"] .heats {
    flex: none;
    height: 20px;
    overflow: hidden;
  }

  :host([cut]) [data-layout="grid"] .link {
    display: -webkit-box;
    overflow: hidden;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }

  [data-layout="grid"] .fault span {
    -webkit-line-clamp: 2;
  }

  [data-layout="grid"] .fault code,
  :host([cut]) [data-layout="grid"] .faults > .sub {
    display: none;
  }

  [data-layout="full"] .body {
    gap: 11px;
    padding: 14px 16px;
  }

  [data-layout="full"]:not([data-shape="beside"]) .picture {
    flex: none;
    aspect-ratio: 16 / 9;
    width: 100%;
    max-height: 320px;
  }

  [data-layout="full"] odin-progress-ring {
    --ring-text: 17px;
    --ring-icon: 28px;
    width: 62px;
    height: 62px;
  }

  [data-layout="full"] h2 {
    font-size: 17px;
  }

  [data-layout="full"] .time {
    flex-wrap: wrap;
  }

  [data-layout="full"] .time b {
    font-size: 26px;
  }

  @container (max-width: 419px) {
    [data-shape="beside"] :is(.layer, .corner) {
      display: none;
    }
  }

  @container (max-width: 259px) {
    [data-layout="grid"] :is(.layer, .what, .word, .corner:not(:has(i)), h2 small) {
      display: none;
    }

    [data-layout="grid"] .job {
      font-size: var(--o-t-s);
    }

    .body,
    [data-layout="full"] .body {
      padding-inline: 10px;
    }

    [data-layout="full"] odin-progress-ring {
      --ring-text: 12px;
      --ring-icon: 20px;
      width: 42px;
      height: 42px;
    }

    [data-layout="full"] h2 {
      font-size: 15px;
    }

    [data-layout="full"] .layer {
      margin-left: 0;
    }

    .id {
      gap: 9px;
    }

    [data-layout="grid"] .over {
      inset: 6px 6px auto;
    }

    odin-filament-units {
      --chip-size: 24px;
    }

    :host([cut]) [data-layout="grid"] .filament {
      max-height: 40px;
    }
  }
`;
