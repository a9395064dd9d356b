import { LitElement, css, html, unsafeCSS } from "lit";
import { customElement, property, query, queryAll } from "lit/decorators.js";
import uPlot from "uplot";
import sheet from "uplot/dist/uPlot.min.css?inline";

import { axisTime, degrees } from "../../localize/format";
import { base } from "../../theme/controls";
import { DASHES, lineColors } from "./lines";
import type { Rows } from "./series";

const AXIS_PX = 26;
const DEGREES_PX = 42;
const DAY_S = 86_400;
/** Lines that lie flat at room temperature still need a scale. */
const TOP_LEAST_C = 60;
const TOP_ROOM = 1.08;
const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, PageUp: 10, PageDown: -10 };

/**
 * Temperatures over time on a canvas. It comes by itself, so that a page without it does not load the library.
 *
 * Properties: `keys` (one for each line), `rows`, `label`. Events: `odin-cursor` (`detail.index`, `null` for none).
 */
@customElement("odin-temperature-chart")
export class OdinTemperatureChart extends LitElement {
  static override styles = [
    unsafeCSS(sheet),
    base,
    lineColors,
    css`
      :host {
        display: block;
        min-width: 0;
        height: 220px;
        overflow: hidden;
      }

      .plot {
        height: 100%;
      }

      .plot:focus-visible {
        box-shadow: inset 0 0 0 2px var(--o-accent);
      }

      [data-line="grid"] {
        --line: var(--o-line);
      }

      @media (forced-colors: active) {
        [data-line="grid"] {
          --line: color-mix(in srgb, CanvasText 25%, Canvas);
        }

        [data-line="ink"] {
          --line: CanvasText;
        }
      }

      .u-cursor-x {
        border-right: 1px dashed var(--o-text-2);
      }
    `,
  ];

  @property({ attribute: false }) keys: readonly string[] = [];
  @property({ attribute: false }) rows: Rows = [[]];
  /** First and last instant of the chart, in seconds. */
  @property({ attribute: false }) span: readonly [number, number] = [0, 1];
  @property() label = "";
  @query(".plot") private readonly box!: HTMLElement;
  @queryAll("i") private readonly worn!: NodeListOf<HTMLElement>;
  #plot: uPlot | undefined;
  readonly #resized = new ResizeObserver(() => {
    this.#plot?.setSize(this.#size());
  });
  /** A theme is worn by an attribute of the page, here and in Home Assistant. */
  readonly #theme = new MutationObserver(() => this.#plot?.redraw());

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resized.observe(this);
    this.#theme.observe(document.documentElement, { attributes: true });
    this.requestUpdate("keys");
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
    this.#theme.disconnect();
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  protected override render() {
    return html`
      ${this.keys.map((key) => html`<i data-line=${key} hidden></i>`)} <i data-line="grid" hidden></i><i data-line="ink" hidden></i>
      <div
        class="plot"
        role="slider"
        tabindex="0"
        aria-label=${this.label}
        aria-valuemin="0"
        aria-valuemax=${Math.max(0, this.rows[0].length - 1)}
        aria-valuenow=${this.#plot?.cursor.idx ?? Math.max(0, this.rows[0].length - 1)}
        @keydown=${this.#keyed}
        @blur=${() => this.#plot?.setCursor({ left: -10, top: -10 })}
      ></div>
    `;
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    const data = this.rows as unknown as uPlot.AlignedData;
    if (changed.has("keys") || !this.#plot) {
      this.#plot?.destroy();
      this.#plot = new uPlot(this.#options(), data, this.box);
    } else {
      this.#plot.setData(data);
    }
  }

  #options(): uPlot.Options {
    const ink = () => this.#color("ink");
    const grid = { stroke: () => this.#color("grid"), width: 1 };
    const axis = { stroke: ink, grid, ticks: { show: false }, font: `11px ${getComputedStyle(this).fontFamily}` };
    return {
      ...this.#size(),
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false } },
      scales: {
        x: { time: true, range: () => [...this.span] },
        y: { range: (_plot, _least, most) => [0, Math.max(TOP_LEAST_C, (Number.isFinite(most) ? most : 0) * TOP_ROOM)] },
      },
      axes: [
        { ...axis, size: AXIS_PX, space: 90, values: (_plot, splits) => splits.map((at) => this.#when(at)) },
        { ...axis, size: DEGREES_PX, space: 42, values: (_plot, splits) => splits.map((value) => degrees(value)) },
      ],
      series: [{}, ...this.keys.map((key) => this.#line(key))],
      hooks: { setCursor: [this.#moved] },
    };
  }

  #line(key: string): uPlot.Series {
    return { stroke: () => this.#color(key), width: 2, dash: [...(DASHES[key] ?? [])], points: { show: false } };
  }

  /** A canvas knows no custom properties: the colour is read from an element that wears it. */
  #color(line: string): string {
    const worn = [...this.worn].find((each) => each.dataset["line"] === line);
    return worn ? getComputedStyle(worn).color : "gray";
  }

  #when(at_s: number): string {
    return axisTime(new Date(at_s * 1000), this.span[1] - this.span[0] > 2 * DAY_S);
  }

  #size() {
    return { width: Math.max(120, this.clientWidth), height: Math.max(120, this.clientHeight) };
  }

  readonly #moved = (plot: uPlot): void => {
    this.dispatchEvent(new CustomEvent("odin-cursor", { detail: { index: plot.cursor.idx ?? null } }));
  };

  readonly #keyed = (event: KeyboardEvent): void => {
    const last = this.rows[0].length - 1;
    const now = this.#plot?.cursor.idx ?? last;
    const step = STEPS[event.key];
    const to = event.key === "Home" ? 0 : event.key === "End" ? last : step === undefined ? undefined : now + step;
    if (to === undefined || !this.#plot || last < 0) return;
    event.preventDefault();
    const at = this.rows[0][Math.min(Math.max(to, 0), last)] ?? 0;
    this.#plot.setCursor({ left: this.#plot.valToPos(at, "x"), top: 0 });
    this.requestUpdate();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-temperature-chart": OdinTemperatureChart;
  }
}
