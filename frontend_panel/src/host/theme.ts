/** Wears the theme around an element of ours inside Home Assistant, whatever its author thought of. */

import { FITTED, fitted } from "../theme/accent";
import type { Rgb } from "../theme/contrast";
import { WHITE } from "../theme/contrast";

/** Colours of Home Assistant's theme, the first that is set; with `--ha-card-background` some write more than a colour. */
const CARD = ["--ha-card-background", "--card-background-color"] as const;
const CLEAR = "rgba(0, 0, 0, 0)";

/** Reads the theme that an element stands in, and sets on it what our own colours cannot know. */
export function wearTheme(host: HTMLElement): void {
  const root = host.shadowRoot;
  if (!root || !host.isConnected) return;
  const probe = host.ownerDocument.createElement("i");
  probe.hidden = true;
  root.append(probe);
  const read = (name: string, fallback: Rgb, ground: Rgb): Rgb => {
    probe.style.color = CLEAR;
    probe.style.color = `var(${name}, ${CLEAR})`;
    const [color, alpha] = pixel(getComputedStyle(probe).color);
    return alpha === 0 ? fallback : over(color, alpha, ground);
  };
  const page = read("--primary-background-color", WHITE, WHITE);
  const isPlain = isColor(getComputedStyle(host).getPropertyValue(CARD[0]));
  const card = read(isPlain ? CARD[0] : CARD[1], read(CARD[1], page, page), page);
  const { isDark, colors } = fitted({
    page,
    card,
    raised: read("--clear-background-color", card, card),
    text: read("--primary-text-color", WHITE, card),
    accent: read("--primary-color", [0, 123, 166], card),
    onAccent: read("--text-primary-color", WHITE, card),
  });
  probe.remove();
  host.dataset["theme"] = isDark ? "dark" : "light";
  set(host, "--o-card", isPlain ? undefined : `var(${CARD[1]})`);
  for (const name of FITTED) {
    const color = colors[name];
    set(host, name, color && `rgb(${color.join(" ")})`);
  }
}

/** Calls `listener` when Home Assistant puts on another theme; returns how to stop. */
export function onThemeChanged(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style", "class"] });
  return () => {
    observer.disconnect();
  };
}

function set(host: HTMLElement, name: string, value: string | undefined): void {
  if (value === undefined) host.style.removeProperty(name);
  else host.style.setProperty(name, value);
}

function isColor(value: string): boolean {
  return value.trim() === "" || CSS.supports("color", value.trim());
}

const known = new Map<string, readonly [Rgb, number]>();

/** Whatever way a colour is written, a canvas knows its pixel. A page has few colours, and may have many cards. */
function pixel(color: string): readonly [Rgb, number] {
  const seen = known.get(color) ?? drawn(color);
  known.set(color, seen);
  return seen;
}

function drawn(color: string): readonly [Rgb, number] {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const drawing = canvas.getContext("2d", { willReadFrequently: true });
  if (!drawing) return [WHITE, 0];
  drawing.fillStyle = color;
  drawing.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0, alpha = 0] = drawing.getImageData(0, 0, 1, 1).data;
  return [[red, green, blue], alpha / 255];
}

function over(color: Rgb, alpha: number, ground: Rgb): Rgb {
  const at = (index: 0 | 1 | 2) => Math.round(color[index] * alpha + ground[index] * (1 - alpha));
  return [at(0), at(1), at(2)];
}
