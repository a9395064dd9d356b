import { css } from "lit";

/** A fault and its severity; the card takes the hue of the worst. */
export const faultStyles = css`
  :is(.fatal, .serious) {
    --hue: var(--o-failed);
    --ink: var(--o-failed-text);
  }

  .common {
    --hue: var(--o-attention);
    --ink: var(--o-attention-text);
  }

  .info {
    --hue: var(--o-idle);
    --ink: var(--o-idle-text);
  }

  .card:is(.fatal, .serious, .common) {
    border-color: color-mix(in srgb, var(--hue) 60%, transparent);
  }

  :host([old]) .card {
    border-color: var(--o-line);
  }

  h2.none {
    display: flex;
    gap: 10px;
    align-items: center;
    min-height: 28px;
    font-size: 15px;
    font-weight: var(--o-w-b);
  }

  h2.none odin-icon {
    color: var(--o-finished-text);
  }

  .now {
    display: grid;
    gap: 14px;
  }

  .now > .fault {
    display: flex;
    gap: 14px;
    align-items: flex-start;
  }

  .picture {
    display: grid;
    flex: none;
    place-items: center;
    width: 38px;
    height: 38px;
    border-radius: var(--o-r-in);
    background: color-mix(in srgb, var(--hue) calc(var(--o-tint) + 4%), transparent);
    color: var(--ink);
  }

  .text {
    flex: 1;
    min-width: 0;
    overflow-wrap: anywhere;
  }

  h3 {
    margin: 0;
    font-size: 15px;
    font-weight: var(--o-w-b);
  }

  .text > .sub {
    font-size: var(--o-t-b);
  }

  .facts-line {
    display: flex;
    flex-wrap: wrap;
    gap: 0 12px;
    align-items: center;
    margin-top: 3px;
    color: var(--o-text-2);
    font-size: var(--o-t-s);
  }

  .facts-line a {
    display: inline-flex;
    gap: 4px;
    align-items: center;
    min-height: 28px;
    --icon-size: 14px;
  }

  code {
    font: var(--o-t-s) var(--o-mono);
  }

  .does {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin: 12px 0 0 52px;
  }

  details {
    margin-top: 8px;
    border-top: 1px solid var(--o-line);
  }

  summary {
    display: flex;
    gap: 8px;
    align-items: center;
    min-height: 44px;
    font-size: var(--o-t-b);
    font-weight: var(--o-w-m);
    list-style: none;
    cursor: pointer;
  }

  summary::-webkit-details-marker {
    display: none;
  }

  summary .chevron {
    margin-left: auto;
    color: var(--o-text-2);
  }

  details[open] > summary .chevron {
    rotate: 180deg;
  }

  .past > .fault {
    display: flex;
    gap: 10px;
    padding: 8px 0;
    font-size: var(--o-t-b);
    --icon-size: 18px;
  }

  .past > .fault > odin-icon {
    color: var(--ink);
  }

  .past > li + li {
    border-top: 1px solid var(--o-line);
  }

  @container (max-width: 699px) {
    .does {
      margin-left: 0;
    }
  }
`;
