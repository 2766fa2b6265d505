// The server's half of a conversation that is held twice, over a plain WebSocket and over a session, by the same code: it says 1, 2, 3 …
// at a steady rate to both, keeps what it has to say while nobody is there, and notes what it hears. The page speaks first: a socket that
// only the server believes in is not spoken to. Stands outside of the servers that come and go, as a database would.
import { type ArrivalKind, Arrivals, readMessage, type Side, type SideReport, sides, writeMessage } from "./wire.ts";

/** What a conversation needs of a socket. */
export interface Listener {
  send(text: string): unknown;
}

/** What waits while nobody is there, and what is noted between two reports; beyond it the oldest goes. */
const mostKept = 20_000;

class Half {
  sent = 0;
  arrivals = new Arrivals();
  #socket: Listener | undefined;
  #waiting: string[] = [];
  #noted: { readonly at: number; readonly kind: ArrivalKind }[] = [];

  say(now: number): void {
    this.sent++;
    const text = writeMessage(this.sent, now);
    if (this.#socket !== undefined) {
      this.#socket.send(text);
      return;
    }
    this.#waiting.push(text);
    if (this.#waiting.length > mostKept) this.#waiting.shift();
  }

  close(socket: Listener): void {
    // After a move the next one may be here before the last one has gone.
    if (this.#socket === socket) this.#socket = undefined;
  }

  forget(): void {
    this.#waiting = [];
    this.#socket = undefined;
  }

  hear(socket: Listener, text: string, now: number): void {
    const message = readMessage(text);
    if (message === undefined) return;
    if (this.#socket !== socket) {
      this.#socket = socket;
      for (const kept of this.#waiting.splice(0)) socket.send(kept);
    }
    const kind = this.arrivals.receive(message.number, now - message.sentAt);
    if (kind !== undefined && this.#noted.length < mostKept) this.#noted.push({ at: now, kind });
  }

  report(now: number): SideReport {
    const arrivals = this.#noted.splice(0).map(({ at, kind }) => [Math.round(now - at), kind] as const);
    return { sent: this.sent, up: this.arrivals.counts, arrivals };
  }
}

export class Conversation {
  readonly #halves: Readonly<Record<Side, Half>> = { plain: new Half(), session: new Half() };
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;
  #hasBegun = false;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Speaks so often per second from now on. */
  start(rate: number): void {
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.speak(), 1_000 / rate);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Says the next number to both sides, once one of them has spoken. */
  speak(): void {
    if (!this.#hasBegun) return;
    for (const side of sides) this.#halves[side].say(this.#now());
  }

  close(side: Side, socket: Listener): void {
    this.#halves[side].close(socket);
  }

  hear(side: Side, socket: Listener, text: string): void {
    this.#hasBegun = true;
    this.#halves[side].hear(socket, text, this.#now());
  }

  /** The process that had it is gone, and with it what it had to say. */
  forget(): void {
    for (const side of sides) this.#halves[side].forget();
  }

  report(): Readonly<Record<Side, SideReport>> {
    const now = this.#now();
    return { plain: this.#halves.plain.report(now), session: this.#halves.session.report(now) };
  }
}
