// The page's one real connection: how old it is, how many pings it has answered and how quickly. Opens it again when it is gone.
import { card, counter, make, paragraph } from "../elements.ts";
import { label } from "../language.ts";
import { writeCount, writeMs } from "../number-text.ts";
import { realLostText, realNames, realText, realTitle, roundTripsText } from "../texts/persist.ts";

export interface Beat {
  readonly count: number;
  readonly roundTripMs: number;
  readonly ageMs: number;
}

const kept = 60;
const redialMs = 1_000;
const height = 48;
const strokeWidth = 6;

export class RealCard {
  readonly root: HTMLElement;
  readonly #url: () => string;
  readonly #age = counter(realNames.age);
  readonly #pings = counter(realNames.pings);
  readonly #last = counter(realNames.last);
  readonly #median = counter(realNames.median);
  readonly #lost = paragraph(realLostText, "lab-small");
  readonly #strokes: SVGSVGElement = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  #roundTrips: number[] = [];
  #socket: WebSocket | undefined;
  #timer: number | undefined;
  #openedAt = NaN;

  constructor(url: () => string) {
    this.#url = url;
    this.#lost.hidden = true;
    this.#strokes.setAttribute("viewBox", `0 0 ${kept * strokeWidth} ${height}`);
    this.#strokes.setAttribute("class", "persist-strokes");
    this.#strokes.setAttribute("role", "img");
    label(this.#strokes, "aria-label", roundTripsText);
    this.root = card(realTitle, [
      paragraph(realText),
      make("div", "lab-counters", [this.#age.root, this.#pings.root, this.#last.root, this.#median.root]),
      make("figure", "persist-figure", [this.#strokes, make("figcaption", "lab-small", roundTripsText)]),
      this.#lost,
    ]);
  }

  start(): void {
    this.#roundTrips = [];
    this.#openedAt = NaN;
    const socket = new WebSocket(this.#url());
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#lost.hidden = true;
      this.#openedAt = performance.now();
      this.#tick();
    });
    socket.addEventListener("close", () => {
      if (this.#socket !== socket) return;
      this.#lost.hidden = false;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.start(), redialMs);
    });
  }

  stop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    clearTimeout(this.#timer);
    socket?.close();
  }

  beat({ count, roundTripMs }: Beat): void {
    this.#roundTrips.push(roundTripMs);
    if (this.#roundTrips.length > kept) this.#roundTrips.shift();
    const sorted = this.#roundTrips.toSorted((left, right) => left - right);
    this.#pings.set(writeCount(count));
    this.#last.set(writeMs(roundTripMs));
    this.#median.set(writeMs(sorted[Math.floor(sorted.length / 2)] ?? 0));
    const most = Math.max(1, sorted.at(-1) ?? 1);
    this.#strokes.replaceChildren(
      ...this.#roundTrips.map((ms, index) => {
        const stroke = document.createElementNS("http://www.w3.org/2000/svg", "rect");
        const tall = Math.max(2, (ms / most) * height);
        stroke.setAttribute("x", String(index * strokeWidth));
        stroke.setAttribute("y", String(height - tall));
        stroke.setAttribute("width", String(strokeWidth - 2));
        stroke.setAttribute("height", String(tall));
        stroke.setAttribute("class", "persist-stroke");
        return stroke;
      }),
    );
  }

  #tick(): void {
    const seconds = Math.floor((performance.now() - this.#openedAt) / 1_000);
    const two = (value: number): string => String(value).padStart(2, "0");
    this.#age.set(`${Math.floor(seconds / 3_600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`);
    this.#timer = setTimeout(() => this.#tick(), 1_000);
  }
}
