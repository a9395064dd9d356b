import { ContextProvider } from "@lit/context";
import { LitElement } from "lit";
import { property } from "lit/decorators.js";

import { habitsOf } from "../host/habits";
import { onThemeChanged, wearTheme } from "../host/theme";
import { followHabits } from "../localize/format";
import { servicesContext } from "../services";
import type { BadgeConfig } from "./config";
import type { Chosen, Miss } from "./device";
import { isChosen, printerAt } from "./device";
import type { Hass } from "./hass";
import { PrinterLine } from "./line";
import type { Seen } from "./seen";
import type { Tap } from "./tap";
import { runTap, tapOf } from "./tap";

/** What the members of `hass` are that anything here depends on; all the others change many times a second. */
const READ = ["connection", "devices", "entities", "panels", "locale"] as const;

/** Whose habits numbers and times follow; a page has one person. */
let followed: Hass["locale"] | undefined;

/**
 * What a card and a badge have in common: Home Assistant's side of them, and the printer they follow.
 *
 * Properties, set by Home Assistant: `hass`, `preview` (it is only being laid out).
 */
export abstract class PrinterHost<Config extends Pick<BadgeConfig, "device_id" | "tap_action">> extends LitElement {
  @property({ type: Boolean }) preview = false;
  protected config: Config | undefined;
  readonly #services = new ContextProvider(this, { context: servicesContext });
  readonly #line = new PrinterLine(this, (services) => {
    this.#services.setValue(services);
  });
  #hass: Hass | undefined;
  #found: Chosen | Miss | undefined;
  #stopWearing: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stopWearing = onThemeChanged(this.#wear);
    this.#wear();
    // A view may have a theme of its own, and puts it on after its cards.
    requestAnimationFrame(this.#wear);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopWearing?.();
  }

  get hass(): Hass | undefined {
    return this.#hass;
  }

  set hass(hass: Hass | undefined) {
    const before = this.#hass;
    this.#hass = hass;
    if (!hass || READ.some((name) => hass[name] !== before?.[name])) this.requestUpdate();
  }

  /** Takes what somebody wrote down. Throws an `Error` that says what is wrong with it. */
  setConfig(config: unknown): void {
    this.config = this.read(config);
    this.requestUpdate();
  }

  protected abstract read(config: unknown): Config;

  protected override willUpdate(): void {
    const { hass, config } = this;
    if (!hass || !config) return;
    if (hass.locale !== followed) followHabits(habitsOf(hass.locale, hass.config.time_zone));
    followed = hass.locale;
    this.#found = printerAt(hass.devices, config.device_id);
    this.#line.follow(
      isChosen(this.#found) ? { link: hass, entryId: this.#found.entryId, printerId: this.#found.printerId } : undefined,
    );
  }

  /** The printer that was chosen, or why there is none; `undefined` before Home Assistant said anything. */
  protected get found(): Chosen | Miss | undefined {
    return this.#found;
  }

  protected get seen(): Seen | undefined {
    return this.#line.seen;
  }

  /** What a tap does. Who is only laying out the card stays where they are. */
  protected get tap(): Tap {
    const { hass, config } = this;
    const found = this.#found;
    if (!hass || !config || !found || !isChosen(found) || this.preview) return { kind: "none" };
    return tapOf(hass, config, found);
  }

  readonly #wear = (): void => {
    wearTheme(this);
  };

  protected readonly open = (): void => {
    runTap(this, this.tap);
  };
}
