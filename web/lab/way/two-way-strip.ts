// The last seconds of a connection as a picture: the server above, the page below, time to the right. A line from above is a message to
// the page, a line from below one to the server, each from when it was made to the dot where it arrived.
import { beginStripFrame, makeStrip, stripMs } from "../moving-strip.ts";

export type Direction = "down" | "up";

const dotRadius = 4;
const colors: Readonly<Record<Direction, string>> = { down: "--way-socket", up: "--way-poll" };

interface Arrival {
  readonly direction: Direction;
  readonly madeAt: number;
  readonly arrivedAt: number;
}

export class TwoWayStrip {
  readonly canvas: HTMLCanvasElement = makeStrip("way-strip");
  #arrivals: Arrival[] = [];

  /** Times are of performance.now(). */
  arrived(direction: Direction, madeAt: number, arrivedAt: number): void {
    this.#arrivals.push({ direction, madeAt, arrivedAt });
  }

  draw(now: number): void {
    const from = now - stripMs;
    this.#arrivals = this.#arrivals.filter(({ arrivedAt }) => arrivedAt >= from);
    const frame = beginStripFrame(this.canvas, now);
    if (frame === undefined) return;
    const { context, height, scale, x, color: colorOf } = frame;
    context.lineWidth = 2 * scale;
    const radius = dotRadius * scale;
    for (const { direction, madeAt, arrivedAt } of this.#arrivals) {
      const color = colorOf(colors[direction]);
      context.strokeStyle = color;
      context.fillStyle = color;
      context.beginPath();
      context.moveTo(x(madeAt), direction === "down" ? 0 : height);
      context.lineTo(x(arrivedAt), direction === "down" ? height : 0);
      context.stroke();
      // Where it has arrived.
      context.beginPath();
      context.arc(x(arrivedAt), direction === "down" ? height - radius : radius, radius, 0, 2 * Math.PI);
      context.fill();
    }
  }
}
