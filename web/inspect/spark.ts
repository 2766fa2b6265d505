// A small curve of the last minute, one point a second. For the eye only: the numbers beside it say the same.

const POINTS = 60;
const WIDTH = 120;
const HEIGHT = 24;
const SVG = "http://www.w3.org/2000/svg";

export class Spark {
  readonly root: SVGSVGElement = document.createElementNS(SVG, "svg");
  readonly #line = document.createElementNS(SVG, "polyline");
  readonly #values: number[] = [];
  #at: number | undefined;

  constructor() {
    this.root.setAttribute("class", "spark");
    this.root.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    this.root.setAttribute("preserveAspectRatio", "none");
    this.root.setAttribute("aria-hidden", "true");
    this.root.append(this.#line);
  }

  /** `at`: when it was measured. The same measurement is drawn once. */
  add(value: number, at: number | undefined): void {
    if (at === this.#at) return;
    this.#at = at;
    this.#values.push(value);
    if (this.#values.length > POINTS) this.#values.shift();
    const most = Math.max(1, ...this.#values);
    const first = POINTS - this.#values.length;
    const points = this.#values.map((one, index) => {
      const y = HEIGHT - 1 - (one / most) * (HEIGHT - 2);
      return `${(((first + index) * WIDTH) / (POINTS - 1)).toFixed(1)},${y.toFixed(1)}`;
    });
    this.#line.setAttribute("points", points.join(" "));
  }
}
