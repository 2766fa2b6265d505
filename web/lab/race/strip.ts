// The last seconds of one way as a picture: the server above, the page below, time to the left. A line is a message, from when it was made
// to when it arrived, so a slanted line is a late message; a short dark stroke from below is a request. Drawn on a canvas, anew for each frame
// while it runs.
import { beginStripFrame, makeStrip, stripMs } from "../moving-strip.ts";

const requestHeight = 0.3;

interface Arrival {
  readonly madeAt: number;
  readonly arrivedAt: number;
}

export class Strip {
  readonly canvas: HTMLCanvasElement = makeStrip("race-strip");
  readonly #color: string;
  #arrivals: Arrival[] = [];
  #requests: number[] = [];

  /** `color` is the name of a variable of the style sheet. Times are of performance.now(). */
  constructor(color: string) {
    this.#color = color;
  }

  arrived(madeAt: number, arrivedAt: number): void {
    this.#arrivals.push({ madeAt, arrivedAt });
  }

  asked(at: number): void {
    this.#requests.push(at);
  }

  draw(now: number): void {
    const from = now - stripMs;
    this.#arrivals = this.#arrivals.filter(({ arrivedAt }) => arrivedAt >= from);
    this.#requests = this.#requests.filter((at) => at >= from);
    const frame = beginStripFrame(this.canvas, now);
    if (frame === undefined) return;
    const { context, height, scale, x, color } = frame;
    context.lineWidth = 1.5 * scale;
    context.strokeStyle = color(this.#color);
    context.beginPath();
    for (const { madeAt, arrivedAt } of this.#arrivals) {
      context.moveTo(x(madeAt), 0);
      context.lineTo(x(arrivedAt), height);
    }
    context.stroke();
    context.lineWidth = 2 * scale;
    context.strokeStyle = color("--text");
    context.beginPath();
    for (const at of this.#requests) {
      context.moveTo(x(at), height);
      context.lineTo(x(at), height * (1 - requestHeight));
    }
    context.stroke();
  }

  reset(): void {
    this.#arrivals = [];
    this.#requests = [];
  }
}
