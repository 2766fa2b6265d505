// The page's connection to the lab's half on the server: the control socket, which is dialled again when it breaks, the page's id, the
// addresses of a part's requests and sockets, and what time it is over there. A browser's own WebSocket, so that what a part does is
// seen beside it and not through it.
import { type ControlAnswer, type ControlRequest, controlClose } from "../../src/cli/lab/wire.ts";

export type ServerState =
  | { readonly phase: "connecting" }
  | { readonly phase: "there" }
  /** Lost; it is dialled again. */
  | { readonly phase: "away" }
  /** The server said that this page has to stop. */
  | { readonly phase: "dismissed"; readonly reason: string };

export interface ServerOwner {
  stateChanged(state: ServerState): void;
  told(part: string, message: unknown): void;
}

const redialMs = 1_000;
/** The server's clock is asked for so often, and the quickest of the last answers is believed. */
const clockMs = 5_000;
const clockSamples = 8;
const firstClockMs = 30;
/** The page begins when it has asked so often: the first answer comes while it is still being built. */
const firstSamples = 4;

interface ClockSample {
  /** Server's clock minus this page's. */
  readonly offset: number;
  readonly roundTrip: number;
}

export class ServerHalf {
  readonly #owner: ServerOwner;
  #socket: WebSocket | undefined;
  #page = "";
  #samples: ClockSample[] = [];
  #timer: number | undefined;

  constructor(owner: ServerOwner) {
    this.#owner = owner;
    // A page that is kept and shown again has lost its socket without a word.
    addEventListener("pageshow", (event) => {
      if (event.persisted) this.connect();
    });
  }

  /** Dials unless a socket is there. */
  connect(): void {
    if (this.#socket !== undefined && this.#socket.readyState <= WebSocket.OPEN) return;
    clearTimeout(this.#timer);
    this.#owner.stateChanged({ phase: "connecting" });
    const socket = new WebSocket(socketUrl("control"));
    this.#socket = socket;
    socket.addEventListener("message", (event: MessageEvent<string>) => {
      this.#receive(JSON.parse(event.data) as ControlAnswer);
    });
    socket.addEventListener("close", (event) => {
      if (socket !== this.#socket) return;
      this.#page = "";
      clearTimeout(this.#timer);
      if (Object.values<number>(controlClose).includes(event.code)) {
        this.#owner.stateChanged({ phase: "dismissed", reason: event.reason });
        return;
      }
      this.#owner.stateChanged({ phase: "away" });
      this.#timer = setTimeout(() => this.connect(), redialMs);
    });
  }

  /** Under which id the server knows this page; empty while it does not. */
  get page(): string {
    return this.#page;
  }

  /** The address of a request to the part's half on the server: /lab/api/<part>/<path>?page=…, and what `query` adds. */
  apiUrl(part: string, path: string, query: Readonly<Record<string, string | number>> = {}): string {
    const url = new URL(`api/${part}/${path}`, labBase());
    url.searchParams.set("page", this.#page);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    return url.href;
  }

  /** The address of a socket of the part's route: ws://…/lab/<part>/<page>/<suffix>. */
  socketUrl(part: string, suffix: string): string {
    return socketUrl(`${part}/${this.#page}/${suffix}`);
  }

  /** Says something to the part's half on the server; lost if the server is away. */
  tell(part: string, message: unknown): void {
    this.#send({ type: "part", part, message });
  }

  /** Now, by the server's clock: performance.now() over there. NaN before the first exchange. */
  serverNow(): number {
    return performance.now() + this.#bestSample.offset;
  }

  /** How far serverNow() may be off: half the quickest round trip. */
  get clockError(): number {
    return this.#bestSample.roundTrip / 2;
  }

  get #bestSample(): ClockSample {
    return this.#samples.reduce((best, sample) => (sample.roundTrip < best.roundTrip ? sample : best), {
      offset: NaN,
      roundTrip: Infinity,
    });
  }

  #receive(answer: ControlAnswer): void {
    switch (answer.type) {
      case "page":
        this.#page = answer.page;
        this.#samples = [];
        this.#askTime();
        break;
      case "time": {
        const now = performance.now();
        this.#samples.push({ offset: answer.now - (answer.asked + now) / 2, roundTrip: now - answer.asked });
        // The first answers come in quick succession, so that the best of them is soon a good one.
        this.#timer = setTimeout(() => this.#askTime(), this.#samples.length < clockSamples ? firstClockMs : clockMs);
        if (this.#samples.length === firstSamples) this.#owner.stateChanged({ phase: "there" });
        if (this.#samples.length > clockSamples) this.#samples.shift();
        break;
      }
      case "part":
        this.#owner.told(answer.part, answer.message);
        break;
    }
  }

  #askTime(): void {
    this.#send({ type: "time", asked: performance.now() });
  }

  #send(request: ControlRequest): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(request));
  }
}

function labBase(): URL {
  return new URL("/lab/", location.href);
}

function socketUrl(path: string): string {
  const url = new URL(path, labBase());
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
