// How long each small message took, over the last twenty seconds: a dot for each, by way, on a logarithmic scale; the ground is shaded
// while a transfer ran.
import type { Way } from "../../../src/cli/lab/many/wire.ts";
import { make } from "../elements.ts";
import { label } from "../language.ts";
import { writeMs } from "../number-text.ts";
import { latencyTitle } from "../texts/many.ts";

const shownMs = 20_000;
const height = 170;
const [leastMs, mostMs] = [5, 20_000];
const lines = [10, 100, 1_000, 10_000];
const left = 44;

export const wayColors: Readonly<Record<Way, string>> = { session: "--way-socket", plain: "--way-poll" };

export class LatencyPicture {
  readonly root: HTMLElement;
  readonly #canvas = make("canvas", "many-latency-canvas");
  #dots: { readonly at: number; readonly ms: number; readonly way: Way }[] = [];
  #spans: { readonly from: number; to: number }[] = [];
  #wasTransferring = false;

  constructor() {
    this.#canvas.setAttribute("role", "img");
    label(this.#canvas, "aria-label", latencyTitle);
    this.root = make("div", "many-latency", [this.#canvas]);
  }

  clear(): void {
    this.#dots = [];
    this.#spans = [];
    this.#wasTransferring = false;
  }

  add(way: Way, ms: number): void {
    this.#dots.push({ at: performance.now(), ms, way });
  }

  draw(isTransferring: boolean): void {
    const now = performance.now();
    const last = this.#spans.at(-1);
    if (isTransferring && last !== undefined && this.#wasTransferring) last.to = now;
    else if (isTransferring) this.#spans.push({ from: now, to: now });
    this.#wasTransferring = isTransferring;
    while ((this.#dots[0]?.at ?? Infinity) < now - shownMs) this.#dots.shift();
    while ((this.#spans[0]?.to ?? Infinity) < now - shownMs) this.#spans.shift();
    this.#paint(now);
  }

  #paint(now: number): void {
    const width = this.root.clientWidth;
    const context = this.#canvas.getContext("2d");
    if (context === null || width === 0) return;
    this.#canvas.width = Math.round(width * devicePixelRatio);
    this.#canvas.height = Math.round(height * devicePixelRatio);
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    const style = getComputedStyle(this.root);
    const color = (name: string): string => style.getPropertyValue(name);
    const x = (at: number): number => left + (width - left) * (1 - (now - at) / shownMs);
    const y = (ms: number): number => {
      const share = Math.log(Math.min(mostMs, Math.max(leastMs, ms)) / leastMs) / Math.log(mostMs / leastMs);
      return 6 + (height - 12) * (1 - share);
    };
    context.fillStyle = color("--hover");
    for (const { from, to } of this.#spans) {
      const start = Math.max(left, x(from));
      context.fillRect(start, 0, x(to) - start, height);
    }
    context.font = `11px ${style.fontFamily}`;
    for (const ms of lines) {
      context.fillStyle = color("--line");
      context.fillRect(left, Math.round(y(ms)), width - left, 1);
      context.fillStyle = color("--muted");
      context.fillText(writeMs(ms), 0, y(ms) + 4);
    }
    for (const { at, ms, way } of this.#dots) {
      context.fillStyle = color(wayColors[way]);
      context.fillRect(x(at) - 1.5, y(ms) - 1.5, 3, 3);
    }
  }
}
