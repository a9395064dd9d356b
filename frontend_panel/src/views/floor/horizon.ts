import { LitElement, html, nothing, svg } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { parseColor, isExtreme } from "../../components/filament-chip/color";
import { plural, t } from "../../localize";
import { clock, instant, lasting } from "../../localize/format";
import { beat } from "../../components/kit/beat";
import { differs } from "./differs";
import { dotsOf, handsNeeded } from "./finishes";
import type { Dot, Finish } from "./finishes";
import { horizonStyles } from "./horizon-styles";

const SECOND_MS = 1000;
/** What a letter of a clock time and of a name takes, and the room beside them. */
const TIME_CHAR_PX = 7;
const NAME_CHAR_PX = 6.2;
const GAP_PX = 14;
const MINUTE_MS = 60 * SECOND_MS;

/**
 * When the farm needs hands: the end of every running print on one line from now, in the colour of its filament.
 *
 * Properties: `finishes` (soonest first), `isStale`.
 */
@customElement("odin-horizon")
export class OdinHorizon extends LitElement {
  static override styles = horizonStyles;

  @property({ attribute: false, hasChanged: differs }) finishes: readonly Finish[] = [];
  @property({ type: Boolean, reflect: true, attribute: "stale" }) isStale = false;
  @state() private widthPx = 600;
  @state() private now = Date.now();
  @query(".line") private readonly line!: HTMLElement | null;
  readonly #observer = new ResizeObserver((entries) => {
    const width = entries.at(-1)?.contentRect.width;
    if (width !== undefined && width > 0) this.widthPx = width;
  });
  #stop: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    // It moves by the minute; nobody sees more.
    this.#stop = beat(() => {
      if (Date.now() - this.now >= MINUTE_MS / 2) this.now = Date.now();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop?.();
    this.#observer.disconnect();
  }

  protected override willUpdate(): void {
    this.hidden = this.finishes.length === 0;
    if (!this.isStale) this.now = Date.now();
  }

  protected override updated(): void {
    if (this.line) this.#observer.observe(this.line);
  }

  protected override render() {
    const last = this.finishes.at(-1);
    const [first] = this.finishes;
    if (!last || !first) return nothing;
    const now = new Date(this.now);
    return html`
      <section aria-label=${t("horizon.title")}>
        <div class="done">
          <p class="sub">${t("horizon.done")}</p>
          <p class="big" title=${instant(new Date(last.at))}>${clock(new Date(last.at), now)}</p>
        </div>
        <div class="line">${this.#line()}${this.#list(now)}</div>
        <div class="next">
          <p class="sub">${this.#next(first)}</p>
          <p>${this.#hands(now)}</p>
        </div>
      </section>
    `;
  }

  #next({ name, at }: Finish): string {
    const left_s = (at - this.now) / SECOND_MS;
    return left_s <= 0 ? t("horizon.next.due", { name }) : t("horizon.next", { name, time: lasting(left_s) });
  }

  #hands(now: Date) {
    const { today, later } = handsNeeded(this.finishes, now);
    if (later === 0) return html`<b>${plural("horizon.plates_today", today)}</b>`;
    if (today === 0) return html`<b>${plural("horizon.plates_later", later)}</b>`;
    return html`<b>${plural("horizon.plates_today", today)}</b>, ${plural("horizon.later", later)}`;
  }

  #line() {
    const now = new Date(this.now);
    const widest = ({ name, at }: Finish) =>
      Math.max(clock(new Date(at), now).length * TIME_CHAR_PX, shortened(name).length * NAME_CHAR_PX) + GAP_PX;
    const dots = dotsOf(this.finishes, this.now, this.widthPx, widest);
    return html`
      <svg width="100%" height="62" aria-hidden="true">
        <rect class="axis" x="0" y="29" width="100%" height="4" rx="2"></rect>
        <rect class="now" x="0" y="22" width="2" height="18" rx="1"></rect>
        ${dots.map((dot) => this.#dot(dot))}
      </svg>
    `;
  }

  #dot(dot: Dot) {
    const color = parseColor(dot.color);
    const x = `${dot.x}%`;
    const at = clock(new Date(dot.at), new Date(this.now));
    return svg`
      <g>
        <title>${dot.name}, ${at}</title>
        <circle class="ring" cx=${x} cy="31" r="9"></circle>
        <circle
          class="dot ${color && isExtreme(color) ? "strong" : ""}"
          cx=${x}
          cy="31"
          r="6.5"
          fill=${color?.css ?? "var(--o-printing)"}
          fill-opacity=${color?.isClear ? "0.4" : "1"}
        ></circle>
        ${
          dot.hasLabel
            ? svg`
                <text class="at" x=${x} y="14" text-anchor=${dot.anchor}>${at}</text>
                <text class="name" x=${x} y="55" text-anchor=${dot.anchor}>${shortened(dot.name)}</text>
              `
            : nothing
        }
      </g>
    `;
  }

  /** The same in words. */
  #list(now: Date) {
    return html`
      <ul class="vh">
        ${this.finishes.map(({ name, at }) => html`<li>${t("horizon.finish", { name, at: clock(new Date(at), now) })}</li>`)}
      </ul>
    `;
  }
}

const NAME_CHARS = 10;

function shortened(name: string): string {
  return name.length > NAME_CHARS ? `${name.slice(0, NAME_CHARS - 1)}…` : name;
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-horizon": OdinHorizon;
  }
}
