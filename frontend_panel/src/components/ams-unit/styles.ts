import { css } from "lit";

import { base, buttons } from "../../theme/controls";

export const styles = [
  base,
  buttons,
  css`
    :host {
      display: block;
      min-width: 0;
      container-type: inline-size;
    }

    .unit {
      display: flex;
      flex-direction: column;
      height: 100%;
      min-width: 0;
      padding: 8px 12px 10px;
      border: 1px solid var(--o-line);
      border-radius: 18px 18px 12px 12px;
      background: linear-gradient(
        180deg,
        color-mix(in srgb, var(--o-text) 4%, var(--o-card)),
        color-mix(in srgb, var(--o-text) 8%, var(--o-card))
      );
    }

    /* One is a box with a dome, one is open arms, one is a bare holder. */
    .unit[data-kind="ams_ht"] {
      border-radius: 30px 30px 12px 12px;
    }

    .unit[data-kind="ams_lite"] {
      border-radius: 12px;
      background: none;
    }

    .unit[data-kind="external"] {
      border-style: dashed;
      border-color: var(--o-line-strong);
      border-radius: 12px;
      background: none;
    }

    .unit.warm {
      border-color: color-mix(in srgb, var(--o-heat) 34%, transparent);
      background: linear-gradient(
        180deg,
        color-mix(in srgb, var(--o-heat) 7%, var(--o-card)),
        color-mix(in srgb, var(--o-heat) 14%, var(--o-card))
      );
    }

    header {
      display: flex;
      gap: 10px;
      align-items: center;
      min-height: 38px;
      font-size: var(--o-t-b);
    }

    header h3 {
      min-width: 0;
      margin: 0;
      font-size: inherit;
      font-weight: var(--o-w-b);
    }

    header odin-popover {
      flex: none;
      margin-left: auto;
      margin-right: -8px;
    }

    .meta {
      display: inline-flex;
      flex: none;
      gap: 3px;
      align-items: center;
      white-space: nowrap;
      --icon-size: 15px;
    }

    .meta odin-icon,
    .meta .sub {
      color: var(--o-text-2);
    }

    .meta[data-level="1"],
    .meta[data-level="2"] {
      color: var(--o-attention-text);
      font-weight: var(--o-w-b);
    }

    :host([old]) .meta,
    :host([old]) .meta * {
      color: var(--o-text-2);
      font-weight: var(--o-w-n);
    }

    .bays {
      display: grid;
      grid-auto-columns: minmax(0, 1fr);
      grid-auto-flow: column;
      gap: 8px;
    }

    .bays odin-popover {
      display: block;
      --popover-width: 340px;
    }

    .bay {
      display: grid;
      gap: 5px;
      justify-items: center;
      width: 100%;
      min-width: 0;
      padding: 3px 0;
      border: 0;
      border-radius: 12px;
      background: none;
      color: inherit;
      font: inherit;
      text-align: center;
      cursor: pointer;
    }

    .bay odin-spool {
      width: 100%;
      max-width: 74px;
      border-radius: 12px;
    }

    .bay:hover odin-spool {
      box-shadow: 0 0 0 2px var(--o-line-strong);
    }

    .bay[aria-expanded="true"] odin-spool {
      box-shadow: 0 0 0 2px var(--o-accent);
    }

    .bay.active odin-spool {
      box-shadow:
        0 0 0 2px var(--o-card),
        0 0 0 4px var(--o-text);
    }

    .bay .material {
      max-width: 100%;
      font-size: var(--o-t-s);
      font-weight: var(--o-w-b);
      line-height: 1.2;
    }

    .bay .amount {
      max-width: 100%;
      color: var(--o-text-2);
      font-size: var(--o-t-s);
      line-height: 1.2;
    }

    .bay[data-look="ran_out"] .material {
      color: var(--o-attention-text);
    }

    :host([old]) odin-spool {
      filter: grayscale(1);
      opacity: 0.7;
    }

    .route {
      display: block;
      width: 100%;
      height: 30px;
      margin-top: 5px;
      overflow: visible;
    }

    .route path {
      fill: none;
      stroke-linejoin: round;
      vector-effect: non-scaling-stroke;
    }

    .way {
      stroke: var(--o-control);
      stroke-width: 1.5;
    }

    .way.unused {
      stroke: var(--o-line-strong);
      stroke-dasharray: 3 4;
    }

    .casing {
      stroke: var(--o-swatch-edge-strong);
      stroke-width: 6;
    }

    .used {
      stroke-width: 4;
      forced-color-adjust: none;
    }

    :host([old]) .used {
      stroke: var(--o-control);
    }

    .drying {
      display: flex;
      flex-wrap: wrap;
      gap: 2px 8px;
      align-items: center;
      justify-content: space-between;
      margin-top: 8px;
      font-size: var(--o-t-s);
    }

    .drying b {
      display: inline-flex;
      gap: 4px;
      align-items: center;
      color: var(--o-heat);
      --icon-size: 15px;
    }

    .bar {
      flex-basis: 100%;
      height: 6px;
      overflow: hidden;
      border-radius: 3px;
      background: var(--o-track);
    }

    .bar i {
      display: block;
      width: var(--done, 0%);
      height: 100%;
      background: var(--o-heat);
    }

    .to {
      margin-top: auto;
      padding-top: 6px;
      color: var(--o-text-2);
      font-size: var(--o-t-s);
      line-height: 1.3;
      text-align: center;
    }

    .to b {
      color: var(--o-text);
    }

    @container (max-width: 250px) {
      .meta .sub {
        display: none;
      }
    }

    @container (max-width: 200px) {
      .unit {
        padding-inline: 8px;
      }

      header {
        gap: 6px;
      }

      .meta.heat {
        display: none;
      }
    }

    @container (max-width: 185px) {
      .meta odin-icon {
        display: none;
      }
    }

    @media (max-width: 699px) {
      .unit {
        padding: 6px 8px 10px;
      }

      .bays {
        gap: 4px;
      }
    }
  `,
];
