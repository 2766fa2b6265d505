// The last half minute of both sides on one axis of time: what carries the messages as a bar, each message that came as a dot, what was
// pressed as a line through both. Drawn on a canvas in the colours of the style sheet; what it shows is in the log as text.
import { type ArrivalKind, type Side, sides } from "../../../src/cli/lab/break/wire.ts";
import { make } from "../elements.ts";
import { label, pick, type Text } from "../language.ts";
import { sideNames, stripTitle } from "../texts/break.ts";
import type { Carried } from "./talker.ts";

const shownMs = 30_000;
const marksHeight = 34;
const laneHeight = 72;
const axisHeight = 18;
const height = marksHeight + 2 * laneHeight + axisHeight;

/** The property of the style sheet that has the colour of each. */
export const carriedColors: Readonly<Record<Carried, string>> = {
  websocket: "--way-socket",
  stream: "--way-stream",
  longpoll: "--way-longpoll",
  poll: "--way-poll",
  suspended: "--break-waiting",
  connecting: "--edge",
  closed: "--bad",
};
const dotColors: Readonly<Record<ArrivalKind, string>> = {
  timely: "--break-dot",
  late: "--break-waiting",
  doubled: "--way-longpoll",
};

interface Lane {
  readonly spans: { readonly from: number; readonly carried: Carried }[];
  readonly dots: { readonly at: number; readonly isDown: boolean; readonly kind: ArrivalKind }[];
}

export class Strip {
  readonly root: HTMLElement;
  readonly #canvas = make("canvas", "break-strip-canvas");
  #lanes: Record<Side, Lane> = { plain: { spans: [], dots: [] }, session: { spans: [], dots: [] } };
  #marks: { readonly at: number; readonly text: Text }[] = [];

  constructor() {
    this.#canvas.setAttribute("role", "img");
    label(this.#canvas, "aria-label", stripTitle);
    this.root = make("div", "break-strip", [this.#canvas]);
  }

  clear(): void {
    this.#lanes = { plain: { spans: [], dots: [] }, session: { spans: [], dots: [] } };
    this.#marks = [];
  }

  mark(text: Text): void {
    this.#marks.push({ at: performance.now(), text });
  }

  carry(side: Side, carried: Carried): void {
    this.#lanes[side].spans.push({ from: performance.now(), carried });
  }

  arrive(side: Side, isDown: boolean, kind: ArrivalKind, agoMs = 0): void {
    this.#lanes[side].dots.push({ at: performance.now() - agoMs, isDown, kind });
  }

  draw(): void {
    const width = this.root.clientWidth;
    const context = this.#canvas.getContext("2d");
    if (context === null || width === 0) return;
    const scale = devicePixelRatio;
    const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
    if (this.#canvas.width !== wide || this.#canvas.height !== high) {
      this.#canvas.width = wide;
      this.#canvas.height = high;
    }
    const style = getComputedStyle(this.root);
    const pen = new Pen(context, width, (name) => style.getPropertyValue(name), style.fontFamily);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    this.#forget(pen.now - shownMs);
    for (const [index, side] of sides.entries()) {
      drawLane(pen, this.#lanes[side], sideNames[side], marksHeight + index * laneHeight);
    }
    drawMarks(pen, this.#marks);
    drawAxis(pen);
  }

  /** What is older than what is shown; of the spans the last one before that still counts. */
  #forget(before: number): void {
    for (const side of sides) {
      const { spans, dots } = this.#lanes[side];
      while ((spans[1]?.from ?? Infinity) < before) spans.shift();
      while ((dots[0]?.at ?? Infinity) < before) dots.shift();
    }
    while ((this.#marks[0]?.at ?? Infinity) < before) this.#marks.shift();
  }
}

class Pen {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly now = performance.now();
  readonly color: (name: string) => string;
  readonly font: string;

  constructor(context: CanvasRenderingContext2D, width: number, color: (name: string) => string, font: string) {
    this.context = context;
    this.width = width;
    this.color = color;
    this.font = font;
  }

  x(at: number): number {
    return this.width * (1 - (this.now - at) / shownMs);
  }

  write(text: string, x: number, y: number, color: string, size = 12): void {
    this.context.font = `${size}px ${this.font}`;
    this.context.fillStyle = this.color(color);
    this.context.fillText(text, x, y);
  }
}

function drawLane(pen: Pen, { spans, dots }: Lane, name: Text, top: number): void {
  const { context } = pen;
  pen.write(pick(name), 0, top + 12, "--muted");
  const barTop = top + 18;
  for (const [index, { from, carried }] of spans.entries()) {
    const left = Math.max(0, pen.x(from));
    const right = pen.x(spans[index + 1]?.from ?? pen.now);
    context.fillStyle = pen.color(carriedColors[carried]);
    context.fillRect(left, barTop, Math.max(1.5, right - left), 14);
  }
  for (const { at, isDown, kind } of dots) {
    context.fillStyle = pen.color(dotColors[kind]);
    const size = kind === "timely" ? 2 : 4;
    context.fillRect(pen.x(at) - size / 2, barTop + (isDown ? 22 : 33) - size / 2, size, size);
  }
}

function drawMarks(pen: Pen, marks: readonly { readonly at: number; readonly text: Text }[]): void {
  const { context } = pen;
  context.textAlign = "start";
  let end = 0;
  let row = 0;
  for (const { at, text } of marks) {
    const x = Math.round(pen.x(at)) + 0.5;
    context.strokeStyle = pen.color("--text");
    context.lineWidth = 1;
    context.setLineDash([3, 3]);
    context.beginPath();
    context.moveTo(x, marksHeight - 4);
    context.lineTo(x, height - axisHeight);
    context.stroke();
    context.setLineDash([]);
    const words = pick(text);
    context.font = `12px ${pen.font}`;
    const room = context.measureText(words).width;
    // Beside the right edge the words stand left of their line; words that would cover others stand below them.
    const left = x + room + 4 > pen.width ? x - room : x;
    row = left < end + 8 ? 1 - row : 0;
    end = left + room;
    pen.write(words, left, 12 + 14 * row, "--text");
  }
}

function drawAxis(pen: Pen): void {
  const step = 10_000;
  for (let agoMs = step; agoMs < shownMs; agoMs += step) {
    const x = pen.x(pen.now - agoMs);
    pen.write(`−${agoMs / 1_000} s`, x - 14, height - 3, "--muted", 11);
  }
}
