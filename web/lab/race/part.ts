// The race: the same feed over four ways at once, what each way brings counted here, what it costs counted by the server, the crowd beside.
import "./race.css";
import {
  choices,
  type FeedMessage,
  type RaceReport,
  type RaceRequest,
  type Way,
  ways,
} from "../../../src/cli/lab/race/wire.ts";
import { button, make, paragraph, slider } from "../elements.ts";
import { onLanguage, prose, say } from "../language.ts";
import { writeBytes, writeMs } from "../number-text.ts";
import type { MountedPart, Part, PartContext } from "../part.ts";
import {
  clockText,
  countedText,
  goOnText,
  lead,
  noneText,
  pauseText,
  perSecondText,
  readMoreText,
  resetText,
  settingTexts,
  stripText,
  title,
  verdictText,
} from "../texts/race.ts";
import { CrowdView } from "./crowd-view.ts";
import { Lane } from "./lane.ts";
import { receive } from "./receivers.ts";
import { Results } from "./results.ts";

export const race: Part = { id: "race", title, lead, mount: (root, context) => new RaceView(root, context) };

/** Who prefers less motion sees the pictures change so often. */
const calmFrameMs = 500;

class RaceView implements MountedPart {
  readonly #context: PartContext;
  readonly #lanes: Readonly<Record<Way, Lane>> = {
    poll: new Lane("poll"),
    longpoll: new Lane("longpoll"),
    stream: new Lane("stream"),
    socket: new Lane("socket"),
  };
  readonly #results = new Results();
  readonly #crowd = new CrowdView();
  readonly #pause: HTMLButtonElement;
  readonly #verdict = make("p", "race-verdict");
  readonly #clock = make("span");
  readonly #settings = { rate: 10, bytes: 256, pollMs: 1_000, clients: 0 };
  readonly #isCalm = matchMedia("(prefers-reduced-motion: reduce)");
  #isPaused = false;
  #era = 0;
  #report: RaceReport | undefined;
  #endReceiving: (() => void) | undefined;
  #cancelFrame: (() => void) | undefined;

  constructor(root: HTMLElement, context: PartContext) {
    this.#context = context;
    this.#pause = button(pauseText, () => this.#setPaused(!this.#isPaused));
    const controls = make("div", "lab-controls", [
      this.#setting("rate", (count) => perSecondText(count)),
      this.#setting("bytes", (bytes) => plain(writeBytes(bytes))),
      this.#setting("pollMs", (ms) => plain(writeMs(ms))),
      make("div", "lab-buttons", [this.#pause, button(resetText, () => this.#reset())]),
    ]);
    root.append(
      make("div", "lab-card race-controls", [controls]),
      make(
        "div",
        "race-lanes",
        ways.map((way) => this.#lanes[way].root),
      ),
      paragraph(stripText, "lab-small"),
      this.#verdict,
      this.#results.charts,
      this.#results.table.root,
      make("p", "lab-small", [make("span", "", countedText), make("span", "", " "), this.#clock]),
      this.#crowd.place(
        this.#setting("clients", (count) => (count === 0 ? noneText : plain(count.toLocaleString("en")))),
      ),
      paragraph(readMoreText, "lab-small"),
    );
    this.#verdict.hidden = true;
    onLanguage(() => this.#showVerdict());
  }

  start(): void {
    this.#isPaused = false;
    say(this.#pause, pauseText);
    this.#clear();
    this.#tell({ type: "run", settings: this.#settings });
    this.#draw();
  }

  stop(): void {
    this.#endReceiving?.();
    this.#endReceiving = undefined;
    this.#cancelFrame?.();
    this.#tell({ type: "end" });
  }

  receive(message: unknown): void {
    const report = message as RaceReport;
    // The server's half is there: whoever asked before would have been refused.
    this.#endReceiving ??= this.#begin();
    if (report.era !== this.#era) {
      this.#era = report.era;
      this.#clear();
    }
    this.#report = report;
    if (!this.#isPaused) this.#results.addToCharts(report, this.#lanes);
    this.#results.show(report, this.#lanes);
    this.#crowd.show(report);
    this.#showVerdict();
    say(this.#clock, clockText(writeMs(this.#context.server.clockError)));
  }

  #begin(): () => void {
    const { server } = this.#context;
    return receive({
      server,
      pollMs: () => this.#settings.pollMs,
      isPaused: () => this.#isPaused,
      asked: (way) => this.#lanes[way].strip.asked(performance.now()),
      received: (way: Way, received: FeedMessage, bytes: number) => {
        const now = performance.now();
        this.#lanes[way].receive(received, bytes, received.at - (server.serverNow() - now), now);
      },
    });
  }

  #setting(name: keyof typeof settingTexts, write: (value: number) => { en: string; zh: string }): HTMLElement {
    return slider({
      name: settingTexts[name],
      values: choices[name],
      value: this.#settings[name],
      write,
      changed: (value) => {
        this.#settings[name] = value;
        if (!this.#isPaused) this.#tell({ type: "run", settings: this.#settings });
      },
    });
  }

  #setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    say(this.#pause, isPaused ? goOnText : pauseText);
    this.#tell(isPaused ? { type: "pause" } : { type: "run", settings: this.#settings });
    if (!isPaused) this.#draw();
  }

  #reset(): void {
    this.#tell({ type: "reset" });
  }

  #clear(): void {
    for (const lane of Object.values(this.#lanes)) lane.reset();
    this.#results.reset();
  }

  #tell(request: RaceRequest): void {
    this.#context.server.tell("race", request);
  }

  #draw(): void {
    if (this.#endReceiving !== undefined) {
      const now = performance.now();
      for (const lane of Object.values(this.#lanes)) lane.draw(now);
    }
    this.#cancelFrame?.();
    if (this.#isPaused) return;
    const again = (): void => this.#draw();
    if (this.#isCalm.matches) {
      const timer = setTimeout(again, calmFrameMs);
      this.#cancelFrame = (): void => clearTimeout(timer);
    } else {
      const frame = requestAnimationFrame(again);
      this.#cancelFrame = (): void => cancelAnimationFrame(frame);
    }
  }

  #showVerdict(): void {
    const report = this.#report;
    if (report === undefined) return;
    const overheads = ways.map((way) => this.#results.overheadOf(way, report, this.#lanes));
    this.#verdict.hidden = overheads.includes(undefined);
    const [poll, longpoll, stream, socket] = overheads.map((bytes) => writeBytes(bytes ?? 0));
    prose(this.#verdict, verdictText(poll ?? "", longpoll ?? "", stream ?? "", socket ?? ""));
  }
}

function plain(text: string): { en: string; zh: string } {
  return { en: text, zh: text };
}
