/** Shared styles for shadow roots: type, buttons, fields, hidden text. Colours and sizes come from tokens.css. */

import { css } from "lit";

export const base = css`
  :host {
    font: var(--o-w-n) var(--o-t-m) / 1.42 var(--o-font);
    font-variant-numeric: tabular-nums;
    color: var(--o-text);
  }

  :host([hidden]),
  [hidden] {
    display: none !important;
  }

  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }

  h1,
  h2,
  h3,
  p,
  ul,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }

  ul {
    list-style: none;
  }

  h1 {
    font-size: var(--o-t-xl);
    font-weight: var(--o-w-b);
    line-height: 1.25;
    letter-spacing: -0.01em;
  }

  h2 {
    font-size: var(--o-t-l);
    font-weight: var(--o-w-b);
    line-height: 1.3;
  }

  a {
    color: var(--o-accent-text);
    text-underline-offset: 2px;
  }

  :focus-visible {
    outline: none;
    border-radius: var(--o-r-control);
    box-shadow: var(--o-focus);
  }

  .sub {
    color: var(--o-text-2);
  }

  .clip {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .vh {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  @media (forced-colors: active) {
    :focus-visible {
      outline: 2px solid Highlight;
    }
  }
`;

export const buttons = css`
  .button {
    position: relative;
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: var(--o-2);
    min-height: 38px;
    padding: 0 14px;
    border: 1px solid transparent;
    border-radius: var(--o-r-control);
    background: var(--o-button);
    color: var(--o-text);
    font: var(--o-w-m) var(--o-t-m) / 1.2 var(--o-font);
    text-decoration: none;
    white-space: nowrap;
    cursor: pointer;
    transition: background var(--o-fast);
  }

  /* Drawn smaller than a finger where there is a mouse; the area that answers never is. */
  .button::after {
    content: "";
    position: absolute;
    inset: min(0px, calc((38px - var(--o-touch)) / 2)) 0;
  }

  @media (pointer: coarse), (max-width: 699px) {
    .button {
      min-height: var(--o-touch);
    }
  }

  .button:hover {
    background: color-mix(in srgb, var(--o-text) 6%, var(--o-button));
  }

  .button:active {
    background: color-mix(in srgb, var(--o-text) 12%, var(--o-button));
  }

  .button.primary {
    background: var(--o-accent-fill);
    color: var(--o-on-accent);
    font-weight: var(--o-w-b);
  }

  .button.primary:hover {
    background: color-mix(in srgb, var(--o-text) 12%, var(--o-accent-fill));
  }

  .button.plain {
    background: none;
  }

  .button.plain:hover {
    background: var(--o-hover);
  }

  .button.outline-danger {
    border-color: color-mix(in srgb, var(--o-failed) 55%, transparent);
    background: none;
    color: var(--o-failed-text);
    font-weight: var(--o-w-b);
  }

  .button.outline-danger:hover {
    background: color-mix(in srgb, var(--o-failed) var(--o-tint), transparent);
  }

  .button.danger {
    background: var(--o-danger-fill);
    color: var(--o-on-danger);
    font-weight: var(--o-w-b);
  }

  .button.danger:hover {
    background: color-mix(in srgb, var(--o-text) 14%, var(--o-danger-fill));
  }

  .button.icon-only {
    width: 38px;
    padding: 0;
  }

  .button.icon-only::after {
    inset: min(0px, calc((38px - var(--o-touch)) / 2));
  }

  @media (pointer: coarse), (max-width: 699px) {
    .button.icon-only {
      width: var(--o-touch);
    }
  }

  .button[disabled] {
    opacity: 0.55;
    cursor: default;
  }

  .button[aria-disabled="true"] {
    opacity: 0.75;
    cursor: progress;
  }
`;

export const fields = css`
  form {
    display: grid;
    gap: var(--o-4);
  }

  .field {
    min-width: 0;
  }

  .field > label {
    display: block;
    margin-bottom: 6px;
    font-size: var(--o-t-b);
    font-weight: var(--o-w-b);
  }

  .field .optional {
    color: var(--o-text-2);
    font-weight: var(--o-w-n);
  }

  .input {
    position: relative;
    display: flex;
  }

  input:not([type="checkbox"]),
  select {
    width: 100%;
    min-width: 0;
    height: var(--o-touch);
    padding: 0 12px;
    border: 1px solid var(--o-control);
    border-radius: var(--o-r-control);
    background: var(--o-sunken);
    color: inherit;
    /* 16 px: phones zoom into smaller ones. */
    font: 16px var(--o-font);
    transition: border-color var(--o-fast);
  }

  input.code {
    font-family: var(--o-mono);
    letter-spacing: 0.06em;
  }

  input:not([type="checkbox"]):focus-visible,
  select:focus-visible {
    border-color: var(--o-accent);
    box-shadow: 0 0 0 1px var(--o-accent);
  }

  input[aria-invalid="true"] {
    border-color: var(--o-failed);
  }

  .note > p {
    margin-top: 6px;
  }

  .hint {
    color: var(--o-text-2);
    font-size: var(--o-t-b);
  }

  .wrong {
    display: flex;
    gap: 6px;
    color: var(--o-failed-text);
    font-size: var(--o-t-b);
    font-weight: var(--o-w-m);
  }

  .wrong span {
    display: block;
  }

  .wrong span::first-letter {
    text-transform: uppercase;
  }

  .wrong odin-icon {
    --icon-size: 17px;
    margin-top: 1px;
  }

  .check {
    display: flex;
    gap: 12px;
    align-items: flex-start;
    min-height: var(--o-touch);
    padding: 10px 0;
    cursor: pointer;
  }

  .check input {
    flex: none;
    width: 20px;
    height: 20px;
    margin: 0;
    accent-color: var(--o-accent);
  }
`;

/** The look of a section: `<section class="card">` with a `.card-head` of heading, quiet words and actions. */
export const cards = css`
  .card {
    min-width: 0;
    padding: var(--o-4);
    border: 1px solid var(--o-line);
    border-radius: var(--o-r-card);
    background: var(--o-card);
  }

  .card-head {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 10px;
    align-items: center;
    min-height: 36px;
    margin-bottom: var(--o-3);
  }

  .card-head > h2,
  .card-head > h3 {
    font-size: 15px;
    font-weight: var(--o-w-b);
  }

  .card-head > .sub {
    flex: 1 1 auto;
    min-width: 0;
    font-size: var(--o-t-b);
  }

  .card-head > .end {
    margin-left: auto;
  }

  /* A named fact: a small label over its value, several in a row. */
  .facts {
    display: flex;
    flex-wrap: wrap;
    gap: 12px 28px;
  }

  .facts dt {
    color: var(--o-text-2);
    font-size: var(--o-t-s);
  }

  .facts dd {
    font-size: var(--o-t-b);
    font-weight: var(--o-w-b);
  }

  @media (max-width: 699px) {
    .card {
      padding: 12px;
    }
  }
`;

/** Rows to read across; inside a `.table` box that scrolls by itself on phones. */
export const tables = css`
  .table {
    min-width: 0;
    overflow-x: auto;
  }

  table {
    width: 100%;
    border-collapse: collapse;
    font-size: var(--o-t-b);
  }

  th,
  td {
    padding: 10px 12px;
    border-bottom: 1px solid var(--o-line);
    text-align: start;
    vertical-align: middle;
  }

  th {
    color: var(--o-text-2);
    font-size: var(--o-t-s);
    font-weight: var(--o-w-m);
    white-space: nowrap;
  }

  tbody tr:last-child > * {
    border-bottom: 0;
  }

  :is(th, td):first-child {
    padding-inline-start: 0;
  }

  :is(th, td):last-child {
    padding-inline-end: 0;
  }

  td.number,
  th.number {
    text-align: end;
  }
`;
