// The same feed with one direction switched off, by turns, and both: one WebSocket, and a picture of what is on its way.
import {
  type DuplexAnswer,
  type DuplexMode,
  duplexPlan,
  type DuplexRequest,
  hasServerTurn,
} from "../../../src/cli/lab/way/wire.ts";
import { card, choice, counter, make, paragraph } from "../elements.ts";
import { prose } from "../language.ts";
import { writeCount, writeMs } from "../number-text.ts";
import type { PartContext } from "../part.ts";
import {
  duplexCounterTexts,
  duplexModeText,
  duplexNames,
  duplexStripText,
  duplexText,
  duplexTexts,
  duplexTitle,
} from "../texts/way.ts";
import { TwoWayStrip } from "./two-way-strip.ts";

const isCalm = matchMedia("(prefers-reduced-motion: reduce)");
/** How often the picture changes for whoever wants little motion. */
const calmMs = 500;
const modes: readonly DuplexMode[] = ["simplex", "half", "full"];

export class DuplexView {
  readonly root: HTMLElement;
  readonly #context: PartContext;
  readonly #strip = new TwoWayStrip();
  readonly #explanation = make("p", "lab-text");
  readonly #counters = {
    down: counter(duplexCounterTexts.down),
    downLate: counter(duplexCounterTexts.downLate),
    up: counter(duplexCounterTexts.up),
    upLate: counter(duplexCounterTexts.upLate),
  };
  #mode: DuplexMode = "full";
  #socket: WebSocket | undefined;
  #timer: number | undefined;
  #frame: number | undefined;
  #pace: number | undefined;
  #downCount = 0;
  #upCount = 0;
  #made = 0;
  #lastMadeAt = 0;
  /** Made while the server had the word. */
  #waiting: string[] = [];

  constructor(context: PartContext) {
    this.#context = context;
    prose(this.#explanation, duplexTexts[this.#mode]);
    for (const [name, { root }] of Object.entries(this.#counters)) {
      root.dataset["direction"] = name.startsWith("down") ? "down" : "up";
    }
    this.root = card(duplexTitle, [
      paragraph(duplexText),
      choice({
        name: duplexModeText,
        values: modes.map((mode) => [mode, duplexNames[mode]] as const),
        value: this.#mode,
        changed: (mode) => this.#choose(mode),
      }),
      this.#explanation,
      this.#strip.canvas,
      paragraph(duplexStripText, "lab-small"),
      make(
        "div",
        "lab-counters way-counts",
        Object.values(this.#counters).map(({ root }) => root),
      ),
    ]);
  }

  start(): void {
    const { server } = this.#context;
    const socket = new WebSocket(server.socketUrl("way", "duplex"));
    this.#socket = socket;
    socket.addEventListener("open", () => this.#choose(this.#mode));
    socket.addEventListener("message", (event: MessageEvent<string>) => {
      const answer = JSON.parse(event.data) as DuplexAnswer;
      if (answer.type !== "down") return;
      const now = performance.now();
      const madeAt = answer.madeAt - (server.serverNow() - now);
      this.#downCount += 1;
      this.#strip.arrived("down", madeAt, now);
      this.#counters.down.set(writeCount(this.#downCount));
      this.#counters.downLate.set(writeMs(Math.max(0, now - madeAt)));
    });
    this.#timer = setInterval(() => this.#tick(performance.now()), duplexPlan.everyMs / 4);
    this.#draw();
  }

  stop(): void {
    clearInterval(this.#timer);
    cancelAnimationFrame(this.#frame ?? 0);
    clearTimeout(this.#pace);
    this.#socket?.close();
    this.#socket = undefined;
  }

  /** The server has heard one of this page's messages. */
  receive({ madeAt, at }: Extract<DuplexAnswer, { type: "heard" }>): void {
    const arrivedAt = at - (this.#context.server.serverNow() - performance.now());
    this.#upCount += 1;
    this.#strip.arrived("up", madeAt, arrivedAt);
    this.#counters.up.set(writeCount(this.#upCount));
    this.#counters.upLate.set(writeMs(Math.max(0, arrivedAt - madeAt)));
  }

  #choose(mode: DuplexMode): void {
    this.#mode = mode;
    this.#waiting = [];
    prose(this.#explanation, duplexTexts[mode]);
    this.#send({ type: "mode", mode });
  }

  #tick(now: number): void {
    if (now - this.#lastMadeAt >= duplexPlan.everyMs - 1) {
      this.#lastMadeAt = now;
      this.#made += 1;
      this.#waiting.push(JSON.stringify({ type: "up", n: this.#made, madeAt: now } satisfies DuplexRequest));
    }
    if (this.#mode === "simplex") this.#waiting = [];
    if (this.#mode === "half" && hasServerTurn(this.#context.server.serverNow())) return;
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    for (const text of this.#waiting) this.#socket.send(text);
    this.#waiting = [];
  }

  #send(request: DuplexRequest): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(request));
  }

  #draw(): void {
    this.#strip.draw(performance.now());
    if (isCalm.matches) this.#pace = setTimeout(() => this.#draw(), calmMs);
    else this.#frame = requestAnimationFrame(() => this.#draw());
  }
}
