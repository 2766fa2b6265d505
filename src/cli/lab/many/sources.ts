// What the server says in the streams: somebody chats, a price changes, a file is sent; and telemetry is answered. The same words go to
// the session and to the plain connection, at the same moments.
import type { Stream, StreamMessage } from "./wire.ts";

const chatMs = 900;
const feedMs = 50;
/** As people cut a file: in pieces that they would not like to wait for singly. */
export const pieceBytes = 131_072;

const lines: readonly (readonly [name: string, text: string])[] = [
  ["Ada", "Is it there yet?"],
  ["Ben", "The file? It is on its way."],
  ["Ada", "And we can talk meanwhile."],
  ["Ben", "As we should."],
  ["Chen", "Hello, both of you."],
];

export interface SourcesOwner {
  say(message: StreamMessage): void;
  now(): number;
}

export class Sources {
  readonly #owner: SourcesOwner;
  readonly #timers: readonly NodeJS.Timeout[];
  #chatted = 0;
  #fed = 0;
  #price = 100;

  constructor(owner: SourcesOwner) {
    this.#owner = owner;
    this.#timers = [setInterval(() => this.chat(), chatMs), setInterval(() => this.feed(), feedMs)];
  }

  chat(): void {
    const [name, text] = lines[this.#chatted % lines.length] ?? ["Ada", ""];
    this.#say("chat", ++this.#chatted, `${name}: ${text}`);
  }

  feed(): void {
    this.#price += Math.sin(++this.#fed / 7) / 10;
    this.#say("feed", this.#fed, this.#price.toFixed(2).padEnd(120));
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  #say(to: Stream, n: number, text: string): void {
    this.#owner.say({ to, n, at: this.#owner.now(), text });
  }
}
