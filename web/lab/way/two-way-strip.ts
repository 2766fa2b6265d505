// The last seconds of a connection as a picture: the server above, the page below, time to the right. A line from above is a message to
// the page, a line from below one to the server, each from when it was made to the dot where it arrived.

export type Direction = "down" | "up";

const windowMs = 4_000;
const dotRadius = 4;
const colors: Readonly<Record<Direction, string>> = { down: "--way-socket", up: "--way-poll" };

interface Arrival {
  readonly direction: Direction;
  readonly madeAt: number;
  readonly arrivedAt: number;
}

export class TwoWayStrip {
  readonly canvas: HTMLCanvasElement = document.createElement("canvas");
  #arrivals: Arrival[] = [];

  constructor() {
    this.canvas.className = "way-strip";
    this.canvas.setAttribute("aria-hidden", "true");
  }

  /** Times are of performance.now(). */
  arrived(direction: Direction, madeAt: number, arrivedAt: number): void {
    this.#arrivals.push({ direction, madeAt, arrivedAt });
  }

  draw(now: number): void {
    const from = now - windowMs;
    this.#arrivals = this.#arrivals.filter(({ arrivedAt }) => arrivedAt >= from);
    const { canvas } = this;
    const scale = devicePixelRatio;
    const [width, height] = [Math.round(canvas.clientWidth * scale), Math.round(canvas.clientHeight * scale)];
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    const context = canvas.getContext("2d");
    if (context === null || width === 0) return;
    const style = getComputedStyle(canvas);
    const x = (at: number): number => ((at - from) / windowMs) * width;
    context.clearRect(0, 0, width, height);
    context.lineWidth = 2 * scale;
    const radius = dotRadius * scale;
    for (const { direction, madeAt, arrivedAt } of this.#arrivals) {
      const color = style.getPropertyValue(colors[direction]);
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
