import { html, nothing } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import { setLight } from "../../api/control";
import type { Camera } from "../../api/types";
import { pill } from "../../components/printer-tile/summary";
import "../../components/icon/icon";
import { fullScreen, leaveFullScreen, light, noCamera, photo } from "../../components/icon/icons";
import "../../components/kit/picture";
import "../../components/kit/segmented";
import "../../components/state-pill/state-pill";
import { t, word } from "../../localize";
import { clock, lasting } from "../../localize/format";
import { givesPictures } from "../../store/pictures";
import { Seconds } from "../floor/seconds";
import { styles } from "./camera-styles";
import { FrameWatch } from "./frames";
import { PrinterSection } from "./section";

const SECOND_MS = 1000;
/** Pictures that are older are no longer what is going on. */
const LIVE_MS = 8 * SECOND_MS;

/** What the camera of a printer sees, with its age; or why there is no picture. */
@customElement("odin-printer-camera")
export class OdinPrinterCamera extends PrinterSection {
  static override styles = styles;

  @state() private chosen = "";
  @state() private isFull = false;
  @query("figure") private readonly figure!: HTMLElement;
  readonly #watch = new FrameWatch(this, () => this.#watched());
  readonly #seconds = new Seconds(this, () => this.#watch.shown !== undefined);

  protected override render() {
    const reason = this.#reason() ?? (this.#watch.isHopeless ? { heading: t("camera.unavailable"), text: this.#watch.problem } : undefined);
    if (reason && !this.#watch.shown) return this.#without(reason);
    const { shown } = this.#watch;
    const age = shown ? this.#seconds.now - shown.at : 0;
    const isStale = shown !== undefined && (age > LIVE_MS || this.isOld);
    return html`
      <figure aria-label=${t("camera.title")} @fullscreenchange=${this.#turned}>
        <odin-picture
          .src=${shown?.url}
          .alt=${t("camera.alt", { name: this.printer.name })}
          .isStale=${isStale}
          fit=${this.isFull ? "contain" : "cover"}
        ></odin-picture>
        <div class="top">${this.#pill(true)} ${this.#age(age, isStale)}</div>
        ${this.#problem(reason ?? (this.#watch.problem ? { heading: t("camera.fails"), text: this.#watch.problem } : undefined))}
        <div class="bottom">${this.#sources()} <span class="space"></span> ${this.#buttons()}</div>
      </figure>
    `;
  }

  #pill(isGlass: boolean) {
    const state = pill(this.printer);
    return html`<odin-state-pill .look=${state.look} .label=${state.label} .isGlass=${isGlass}></odin-state-pill>`;
  }

  #age(age: number, isStale: boolean) {
    const { shown } = this.#watch;
    if (!shown) return html`<span class="glass">${t("camera.waiting")}</span>`;
    if (isStale) return html`<span class="glass old">${t("camera.old", { at: clock(new Date(shown.at), new Date()) })}</span>`;
    const behind = t("camera.age", { age: lasting(Math.max(1, Math.round(age / SECOND_MS))) });
    return html`<span class="glass"><i></i>${t("camera.live")} · ${behind}</span>`;
  }

  #problem(reason: Reason | undefined) {
    if (!reason) return nothing;
    return html`<p class="glass problem" role="status"><b>${reason.heading}.</b> ${reason.text}</p>`;
  }

  #sources() {
    const { cameras } = this.printer;
    if (cameras.length < 2) return nothing;
    const options = cameras.map((camera) => ({
      value: camera.id,
      label: camera.name ?? word("camera.id", camera.id),
      disabled: !givesPictures(camera),
      title: whyNot(camera),
    }));
    return html`
      <odin-segmented
        .options=${options}
        .value=${this.#camera()?.id ?? ""}
        .label=${t("camera.source")}
        @odin-change=${(event: CustomEvent<{ value: string }>) => {
          this.chosen = event.detail.value;
        }}
      ></odin-segmented>
    `;
  }

  #buttons() {
    const { shown } = this.#watch;
    return html`
      ${this.#light()}
      ${
        shown
          ? html`
              <a class="glass press" href=${shown.url} download=${this.#fileName()} title=${t("camera.photo")}>
                <odin-icon .path=${photo}></odin-icon><span class="vh">${t("camera.photo")}</span>
              </a>
            `
          : nothing
      }
      ${document.fullscreenEnabled ? this.#fullButton() : nothing}
    `;
  }

  #fullButton() {
    const label = this.isFull ? t("camera.leave_full") : t("camera.enter_full");
    return html`
      <button class="glass press" type="button" title=${label} aria-label=${label} @click=${this.#toggleFull}>
        <odin-icon .path=${this.isFull ? leaveFullScreen : fullScreen}></odin-icon>
      </button>
    `;
  }

  #light() {
    const [name] = this.printer.capabilities.lights;
    if (name === undefined || !this.can("set_light") || this.lock("set_light")) return nothing;
    const isOn = this.#mode(name) !== "off";
    const words = { light: word("light", name).toLowerCase() };
    const label = isOn ? t("camera.light_off", words) : t("camera.light_on", words);
    const { phase } = this.presses.of("light");
    return html`
      <button
        class="glass press ${isOn ? "lit" : ""}"
        type="button"
        title=${label}
        aria-label=${label}
        aria-busy=${phase === "sending" || phase === "sent" ? "true" : "false"}
        @click=${() => this.#switch(name, isOn ? "off" : "on")}
      >
        <odin-icon .path=${light}></odin-icon>
      </button>
    `;
  }

  async #switch(name: string, mode: "on" | "off"): Promise<void> {
    const call = () => setLight(this.transport, this.printer.id, name, mode);
    await this.presses.press("light", call, () => this.#mode(name) === mode);
    const press = this.presses.of("light");
    if (press.phase === "failed") this.services.toasts.show("failed", `${this.printer.name}: ${press.reason}`);
  }

  #mode(name: string) {
    return this.printer.lights.find((each) => each.name === name)?.mode;
  }

  #without({ heading, text }: Reason) {
    return html`
      <figure class="without" aria-label=${t("camera.title")}>
        <odin-icon .path=${noCamera}></odin-icon>
        <figcaption><b>${heading}</b><span>${text}</span></figcaption>
        ${this.#pill(false)}
      </figure>
    `;
  }

  /** Why no picture is even asked for. */
  #reason(): Reason | undefined {
    const camera = this.#camera();
    if (!this.may("read:cameras")) return { heading: t("camera.unavailable"), text: t("camera.forbidden") };
    if (this.printer.link !== "online") return { heading: t("camera.offline"), text: this.printer.link_text };
    if (!camera) return { heading: t("camera.none"), text: t("camera.none.why") };
    if (givesPictures(camera)) return undefined;
    return { heading: t("camera.unavailable"), text: whyNot(camera) };
  }

  #camera(): Camera | undefined {
    const { cameras } = this.printer;
    return cameras.find(({ id }) => id === this.chosen) ?? cameras.find(givesPictures) ?? cameras[0];
  }

  #watched() {
    const camera = this.#camera();
    if (!camera || this.#reason()) return undefined;
    return { transport: this.transport, printerId: this.printer.id, cameraId: camera.id };
  }

  #fileName(): string {
    const at = new Date(this.#watch.shown?.at ?? Date.now()).toISOString().slice(0, 19).replaceAll(":", "-");
    return `${this.printer.name} ${at}.jpg`;
  }

  readonly #toggleFull = (): void => {
    void (this.isFull ? document.exitFullscreen() : this.figure.requestFullscreen());
  };

  readonly #turned = (): void => {
    this.isFull = this.renderRoot instanceof ShadowRoot && this.renderRoot.fullscreenElement !== null;
  };
}

/** Returns why no single picture comes from a camera, `""` where one does. */
function whyNot(camera: Camera): string {
  if (givesPictures(camera)) return "";
  return camera.is_available ? t("camera.video") : (camera.unavailable_because ?? "");
}

interface Reason {
  readonly heading: string;
  readonly text: string;
}

declare global {
  interface HTMLElementTagNameMap {
    "odin-printer-camera": OdinPrinterCamera;
  }
}
