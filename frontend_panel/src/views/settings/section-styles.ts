import { css } from "lit";

import { base, buttons, cards, fields, tables } from "../../theme/controls";

/** What the sections have in common: cards below each other, rows with something at the end. */
export const sectionStyles = [
  base,
  buttons,
  fields,
  cards,
  tables,
  css`
    :host {
      display: grid;
      gap: var(--o-4);
      align-content: start;
      min-width: 0;
    }

    :host > * {
      min-width: 0;
    }

    .rows > li {
      display: flex;
      flex-wrap: wrap;
      gap: 6px 12px;
      align-items: center;
      min-height: 60px;
      padding: 10px 0;
    }

    .rows > li + li {
      border-top: 1px solid var(--o-line);
    }

    .rows > li:last-child {
      padding-bottom: 0;
    }

    .what {
      flex: 1 1 12em;
      min-width: 0;
      overflow-wrap: anywhere;
    }

    .what p,
    .what small {
      display: block;
      color: var(--o-text-2);
      font-size: var(--o-t-b);
    }

    .end {
      display: flex;
      flex-wrap: wrap;
      gap: 8px;
      align-items: center;
      margin-left: auto;
    }

    .trouble {
      flex: 1 1 100%;
    }

    .mark {
      display: inline-flex;
      gap: 5px;
      align-items: center;
      min-height: 22px;
      padding: 0 8px;
      border-radius: var(--o-r-pill);
      background: var(--o-button);
      color: var(--o-text-2);
      font-size: var(--o-t-s);
      font-weight: var(--o-w-m);
      white-space: nowrap;
      --icon-size: 14px;
    }

    .mark.own {
      background: color-mix(in srgb, var(--o-finished) var(--o-tint), var(--o-card));
      color: var(--o-finished-text);
    }

    .mark.warn {
      background: color-mix(in srgb, var(--o-attention) var(--o-tint), var(--o-card));
      color: var(--o-attention-text);
    }

    .mono {
      font-family: var(--o-mono);
      font-size: var(--o-t-b);
      overflow-wrap: anywhere;
    }

    .tools {
      display: flex;
      flex-wrap: wrap;
      gap: 8px;
      align-items: center;
    }

    .tools > .end {
      margin-left: auto;
    }

    .more {
      justify-self: center;
    }

    /* Beside a button that tells under itself why it was refused. */
    [slot="actions"] {
      align-self: flex-start;
    }

    form {
      max-width: 560px;
    }

    textarea {
      display: block;
      width: 100%;
      min-width: 0;
      padding: 10px 12px;
      border: 1px solid var(--o-control);
      border-radius: var(--o-r-control);
      background: var(--o-sunken);
      color: inherit;
      font: 16px / 1.4 var(--o-font);
      resize: vertical;
    }

    textarea:focus-visible {
      border-color: var(--o-accent);
      border-radius: var(--o-r-control);
      box-shadow: 0 0 0 1px var(--o-accent);
    }
  `,
];
