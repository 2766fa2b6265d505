// What the race has cost so far, as charts of the last minute and as a table of everything since the last reset.
import { type RaceReport, type Way, ways } from "../../../src/cli/lab/race/wire.ts";
import { make } from "../elements.ts";
import { writeBytes, writeCount, writeMs } from "../number-text.ts";
import { Table } from "../table.ts";
import { chartTexts, columnTexts, tableText, wayNames } from "../texts/race.ts";
import { Chart } from "./chart.ts";
import type { Score } from "./score.ts";

type Scores = Readonly<Record<Way, { readonly score: Score }>>;

export class Results {
  readonly charts: HTMLElement;
  readonly table: Table = new Table(
    tableText,
    columnTexts,
    ways.map((way) => ({ name: wayNames[way], mark: way })),
  );
  readonly #bytes = new Chart({ title: chartTexts.bytes, write: writeBytes });
  readonly #latency = new Chart({ title: chartTexts.latency, write: writeMs, isLogarithmic: true });
  readonly #requests = new Chart({ title: chartTexts.requests, write: writeCount });
  #startedAt = performance.now();
  #last: { readonly at: number; readonly counts: RaceReport["counts"] } | undefined;

  constructor() {
    this.charts = make("div", "race-charts", [this.#bytes.root, this.#latency.root, this.#requests.root]);
  }

  addToCharts({ counts }: RaceReport, scores: Scores): void {
    const at = performance.now();
    const last = this.#last;
    this.#last = { at, counts };
    if (last === undefined) return;
    const seconds = (at - last.at) / 1_000;
    // A report on request may come right behind the usual one.
    if (seconds < 0.5) return;
    const x = (at - this.#startedAt) / 1_000;
    const rates = (read: (way: Way, from: RaceReport["counts"]) => number): number[] =>
      ways.map((way) => Math.max(0, (read(way, counts) - read(way, last.counts)) / seconds));
    this.#bytes.add(
      x,
      rates((way, from) => from[way].bytesUp + from[way].bytesDown),
    );
    this.#requests.add(
      x,
      rates((way, from) => from[way].requests),
    );
    this.#latency.add(
      x,
      ways.map((way) => scores[way].score.takeRecentMedian()),
    );
  }

  show(report: RaceReport, scores: Scores): void {
    for (const [row, way] of ways.entries()) {
      const { requests, bytesUp, bytesDown, connections } = report.counts[way];
      const { score } = scores[way];
      const overhead = this.overheadOf(way, report, scores);
      const [median, late] = [score.percentile(0.5), score.percentile(0.99)];
      const cells = [
        writeCount(score.messages),
        writeCount(requests),
        writeCount(bytesUp),
        writeCount(bytesDown),
        writeCount(score.usefulBytes),
        overhead === undefined ? "–" : writeBytes(overhead),
        median === undefined ? "–" : writeMs(median),
        late === undefined ? "–" : writeMs(late),
        writeCount(connections),
      ];
      for (const [column, text] of cells.entries()) this.table.set(row, column, text);
    }
  }

  /** Bytes on the wire besides the messages themselves, for each of them; undefined before the first. */
  overheadOf(way: Way, { counts }: RaceReport, scores: Scores): number | undefined {
    const { messages, usefulBytes } = scores[way].score;
    if (messages === 0) return undefined;
    return Math.max(0, (counts[way].bytesUp + counts[way].bytesDown - usefulBytes) / messages);
  }

  reset(): void {
    this.#startedAt = performance.now();
    this.#last = undefined;
    for (const chart of [this.#bytes, this.#latency, this.#requests]) chart.reset();
  }
}
