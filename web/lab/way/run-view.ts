// Six requests in four ways: a bar for each request, and what was counted.
import { type Run, type RunKind, runKinds, type RunRequest } from "../../../src/cli/lab/way/wire.ts";
import { button, card, counter, make, paragraph } from "../elements.ts";
import { label } from "../language.ts";
import { writeBytes, writeCount, writeMs } from "../number-text.ts";
import type { PartContext } from "../part.ts";
import {
  legendTexts,
  requestText,
  runButtonText,
  runCounterTexts,
  runNames,
  runNoteText,
  runText,
  runTexts,
  runTitle,
} from "../texts/way.ts";
import { askInTurn } from "./ask.ts";

/** So much time is the width of a picture, the same for all four unless one takes longer. */
const widthMs = 640;

export class RunView {
  readonly root: HTMLElement;
  readonly #context: PartContext;
  readonly #button: HTMLButtonElement;
  readonly #results = new Map<RunKind, RunResult>();

  constructor(context: PartContext) {
    this.#context = context;
    this.#button = button(runButtonText, () => void this.run());
    for (const kind of runKinds) this.#results.set(kind, new RunResult(kind));
    this.root = card(runTitle, [
      paragraph(runText),
      make("div", "lab-buttons", [this.#button]),
      make("p", "lab-small way-legend", [
        make("span", "way-legend-working", legendTexts.working),
        make("span", "way-legend-coming", legendTexts.coming),
        make("span", "way-legend-blocked", legendTexts.blocked),
      ]),
      make(
        "div",
        "way-runs",
        [...this.#results.values()].map(({ root }) => root),
      ),
      paragraph(runNoteText, "lab-small"),
    ]);
  }

  async run(): Promise<void> {
    this.#button.disabled = true;
    for (const kind of runKinds) {
      const run = await askInTurn<Run>(this.#context.server, "run", { kind });
      if (run === undefined) break;
      this.#results.get(kind)?.show(run);
    }
    this.#button.disabled = false;
  }
}

class RunResult {
  readonly root: HTMLElement;
  readonly #connections = counter(runCounterTexts.connections);
  readonly #trips = counter(runCounterTexts.trips);
  readonly #total = counter(runCounterTexts.total);
  readonly #bytes = counter(runCounterTexts.bytes);
  readonly #bars = make("ol", "way-bars");

  constructor(kind: RunKind) {
    label(this.#bars, "aria-label", runNames[kind]);
    this.root = make("section", "way-run", [
      make("h4", "way-run-title", runNames[kind]),
      paragraph(runTexts[kind], "lab-small"),
      make(
        "div",
        "lab-counters",
        [this.#connections, this.#trips, this.#total, this.#bytes].map(({ root }) => root),
      ),
      this.#bars,
    ]);
    this.root.dataset["kind"] = kind;
  }

  show({ kind, requests, connections, bytesUp, bytesDown }: Run): void {
    this.#connections.set(writeCount(connections));
    // Who sends all at once waits once; everybody else for each answer.
    this.#trips.set(writeCount(connections + (kind === "pipelined" ? 1 : requests.length)));
    this.#total.set(writeMs(requests.at(-1)?.doneAt ?? 0));
    this.#bytes.set(writeBytes(bytesUp + bytesDown));
    const width = Math.max(widthMs, ...requests.map(({ doneAt }) => doneAt));
    this.#bars.replaceChildren(...requests.map((request, index) => drawBar(requests, request, index, width)));
  }
}

/** Whether another answer on its connection was still to come when this one was ready. */
function isBlocked(requests: readonly RunRequest[], { connection, readyAt }: RunRequest, index: number): boolean {
  return requests.slice(0, index).some((before) => before.connection === connection && before.doneAt > readyAt);
}

function drawBar(requests: readonly RunRequest[], request: RunRequest, index: number, width: number): HTMLLIElement {
  const { connection, sentAt, readyAt, doneAt } = request;
  const bar = make("span", "way-bar");
  const working = make("span", "way-bar-working");
  const arriving = make("span", isBlocked(requests, request, index) ? "way-bar-blocked" : "way-bar-coming");
  const share = (ms: number): string => `${((ms / width) * 100).toFixed(2)}%`;
  bar.style.setProperty("margin-left", share(sentAt));
  working.style.setProperty("width", share(readyAt - sentAt));
  arriving.style.setProperty("width", share(Math.max(0, doneAt - readyAt)));
  bar.append(working, arriving);
  const number = make("span", "way-bar-number", requestText(index + 1, connection));
  return make("li", "way-bar-line", [
    number,
    make("span", "way-bar-place", [bar]),
    make("span", "way-bar-time", writeMs(doneAt - sentAt)),
  ]);
}
