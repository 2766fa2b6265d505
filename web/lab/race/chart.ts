// One line chart over the last minute with a line for each way, by uPlot. Colours come from the style sheet at every drawing, so dark and
// light follow by themselves.
import "uplot/dist/uPlot.min.css";
import uPlot from "uplot";
import { type Way, ways } from "../../../src/cli/lab/race/wire.ts";
import { make } from "../elements.ts";
import { label, type Text } from "../language.ts";

export const wayColors: Readonly<Record<Way, string>> = {
  poll: "--way-poll",
  longpoll: "--way-longpoll",
  stream: "--way-stream",
  socket: "--way-socket",
};

export interface ChartOptions {
  readonly title: Text;
  readonly write: (value: number) => string;
  /** For values that lie orders of magnitude apart. */
  readonly isLogarithmic?: boolean;
}

const keptSeconds = 60;
const height = 180;
/** The least that a logarithmic chart shows. */
const floorMs = 0.1;

export class Chart {
  readonly root: HTMLElement;
  readonly #place: HTMLElement = make("div", "race-chart-place");
  readonly #options: ChartOptions;
  #plot: uPlot | undefined;
  #times: number[] = [];
  #values: (number | null)[][] = ways.map(() => []);

  constructor(options: ChartOptions) {
    this.#options = options;
    this.#place.setAttribute("role", "img");
    label(this.#place, "aria-label", options.title);
    this.root = make("figure", "race-chart", [make("figcaption", "race-chart-title", options.title), this.#place]);
    new ResizeObserver(() => this.#resize()).observe(this.#place);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#plot?.redraw());
  }

  /** `seconds` since the start; a value for each way, null where there is none. */
  add(seconds: number, values: readonly (number | null)[]): void {
    this.#times.push(seconds);
    for (const [index, list] of this.#values.entries()) {
      const value = values[index] ?? null;
      list.push(value === null || this.#options.isLogarithmic !== true ? value : Math.max(floorMs, value));
    }
    if (this.#times.length > keptSeconds) {
      this.#times.shift();
      for (const list of this.#values) list.shift();
    }
    this.#show();
  }

  reset(): void {
    this.#times = [];
    this.#values = ways.map(() => []);
    this.#show();
  }

  #show(): void {
    const data: uPlot.AlignedData = [this.#times, ...this.#values];
    if (this.#plot !== undefined) this.#plot.setData(data);
    else if (this.#place.clientWidth > 0) this.#plot = new uPlot(this.#settings(), data, this.#place);
  }

  #resize(): void {
    const width = this.#place.clientWidth;
    if (width > 0 && this.#plot !== undefined) this.#plot.setSize({ width, height });
  }

  #settings(): uPlot.Options {
    const color = (name: string): string => getComputedStyle(this.#place).getPropertyValue(name);
    const { write, isLogarithmic } = this.#options;
    const axis: uPlot.Axis = {
      stroke: () => color("--muted"),
      font: "12px system-ui, sans-serif",
      grid: { stroke: () => color("--line"), width: 1 },
      ticks: { stroke: () => color("--line"), width: 1 },
    };
    return {
      width: this.#place.clientWidth,
      height,
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: (_plot, _least, most) => [Math.max(0, most - keptSeconds), Math.max(10, most)] },
        y:
          isLogarithmic === true
            ? { distr: 3 }
            : { range: (_plot, _least, most) => [0, Math.max(1, (most ?? 0) * 1.1)] },
      },
      axes: [
        { ...axis, values: (_plot, splits) => splits.map((second) => `${second} s`) },
        { ...axis, size: 62, values: (_plot, splits) => splits.map((value) => (value === null ? "" : write(value))) },
      ],
      series: [
        {},
        ...ways.map((way) => ({
          stroke: () => color(wayColors[way]),
          width: 2,
          points: { show: false },
          spanGaps: true,
        })),
      ],
    };
  }
}
