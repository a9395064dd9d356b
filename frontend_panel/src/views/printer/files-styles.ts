import { css } from "lit";

import { base, buttons, cards, fields } from "../../theme/controls";

export const filesStyles = [
  base,
  buttons,
  fields,
  cards,
  css`
    :host {
      display: block;
      min-width: 0;
    }

    .card {
      position: relative;
    }

    .pick input {
      position: absolute;
      inset: 0;
      opacity: 0;
      pointer-events: none;
    }

    .tools {
      display: flex;
      flex-wrap: wrap;
      gap: 8px;
      align-items: center;
      margin-bottom: 8px;
    }

    .tools .search {
      position: relative;
      flex: 1 1 160px;
      min-width: 0;
    }

    .search odin-icon {
      position: absolute;
      top: 50%;
      left: 10px;
      translate: 0 -50%;
      color: var(--o-text-2);
      --icon-size: 18px;
      pointer-events: none;
    }

    .search input:not([type="checkbox"]) {
      height: 40px;
      padding-left: 36px;
    }

    .hint {
      font-size: var(--o-t-b);
    }

    .failed {
      color: var(--o-failed-text);
      font-size: var(--o-t-b);
    }

    .files li {
      display: flex;
      flex-wrap: wrap;
      gap: 2px 8px;
      align-items: center;
      min-height: 56px;
      padding: 4px 0;
      border-top: 1px solid var(--o-line);
    }

    .files li:first-child {
      border-top: 0;
    }

    .name {
      display: grid;
      flex: 1 1 0;
      min-width: 120px;
      font-size: var(--o-t-b);
    }

    .more {
      width: 100%;
      margin-top: 4px;
    }

    .drop {
      position: absolute;
      inset: -1px;
      z-index: 2;
      display: grid;
      gap: 6px;
      place-content: center;
      justify-items: center;
      border: 2px dashed var(--o-accent);
      border-radius: var(--o-r-card);
      background: var(--o-accent-soft);
      color: var(--o-accent-text);
      font-weight: var(--o-w-b);
      text-align: center;
      pointer-events: none;
      --icon-size: 28px;
    }

    .drop.locked {
      border-color: var(--o-control);
      background: var(--o-card);
      color: var(--o-text-2);
    }

    @container (max-width: 699px) {
      .search input:not([type="checkbox"]) {
        height: var(--o-touch);
      }
    }
  `,
];

export const startStyles = [
  base,
  buttons,
  css`
    :host {
      display: grid;
      gap: var(--o-3);
      min-width: 0;
    }

    .single {
      display: grid;
      grid-template-columns: 112px minmax(0, 1fr);
      gap: 14px;
      align-items: center;
    }

    odin-picture {
      --ratio: 1;
      border: 1px solid var(--o-line);
      border-radius: var(--o-r-in);
    }

    .facts-list {
      display: flex;
      flex-wrap: wrap;
      gap: 2px 14px;
      font-size: var(--o-t-b);
    }

    .facts-list li:first-child {
      width: 100%;
      font-size: var(--o-t-l);
      font-weight: var(--o-w-b);
    }

    .plates {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(112px, 1fr));
      gap: 8px;
      min-width: 0;
      margin: 0;
      padding: 0;
      border: 0;
    }

    .plates legend {
      padding: 0 0 6px;
      font-size: var(--o-t-b);
      font-weight: var(--o-w-b);
    }

    .plate {
      position: relative;
      display: grid;
      gap: 2px;
      min-width: 0;
      padding: 6px 6px 8px;
      border: 1px solid var(--o-line);
      border-radius: var(--o-r-in);
      font-size: var(--o-t-b);
      cursor: pointer;
    }

    .plate .sub {
      font-size: var(--o-t-s);
    }

    .plate input {
      position: absolute;
      inset: 0;
      z-index: 1;
      width: 100%;
      height: 100%;
      margin: 0;
      opacity: 0;
      cursor: inherit;
    }

    .plate:has(:checked) {
      border-color: var(--o-accent);
      background: var(--o-accent-soft);
      box-shadow: 0 0 0 1px var(--o-accent);
    }

    .plate:has(:focus-visible) {
      box-shadow: var(--o-focus);
    }

    .notice {
      display: flex;
      gap: 8px;
      align-items: flex-start;
      padding: 10px 12px;
      border-radius: var(--o-r-in);
      background: var(--o-sunken);
      font-size: var(--o-t-b);
      --icon-size: 18px;
    }

    .notice odin-icon {
      flex: none;
      color: var(--o-text-2);
    }

    .option {
      display: flex;
      flex-wrap: wrap;
      gap: 4px 12px;
      align-items: center;
      justify-content: space-between;
      min-height: 50px;
      border-top: 1px solid var(--o-line);
    }

    .more {
      justify-self: start;
    }

    @media (forced-colors: active) {
      .plate:has(:checked) {
        outline: 2px solid Highlight;
      }
    }
  `,
];
