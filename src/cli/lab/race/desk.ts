// How the feed is handed out over HTTP in three ways: at once whatever is new (polling), when there is something new (long polling), and
// in one answer that does not end (streaming). The same code serves the page and the simulated crowd. Who may ask is judged before.
import type { ServerResponse } from "node:http";
import type { Feed } from "./feed.ts";

/** A long poll is answered with nothing after this long: proxies cut what is silent for 30 or 60 s. */
const holdMs = 25_000;

const headers = { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" } as const;

interface Waiting {
  readonly response: ServerResponse;
  readonly after: number;
  readonly until: number;
}

export class FeedDesk {
  readonly #feed: Feed;
  readonly #waiting = new Set<Waiting>();
  readonly #streams = new Set<ServerResponse>();
  readonly #timer: NodeJS.Timeout;
  readonly #unlisten: () => void;
  readonly #spend: (bytes: number) => void;

  /** `spend` is told of the bytes of every body. */
  constructor(feed: Feed, spend: (bytes: number) => void = () => {}) {
    this.#feed = feed;
    this.#spend = spend;
    this.#unlisten = feed.listen((text) => this.#deliver(text));
    this.#timer = setInterval(() => this.#answerOverdue(), 1_000);
    this.#timer.unref();
  }

  /** The messages after `after`, and be there none. */
  poll(response: ServerResponse, after: number): void {
    this.#answer(response, this.#feed.after(after));
  }

  /** The same, but not before there is one. */
  longpoll(response: ServerResponse, after: number): void {
    if (this.#feed.last > after) {
      this.poll(response, after);
      return;
    }
    const waiting = { response, after, until: performance.now() + holdMs };
    this.#waiting.add(waiting);
    response.on("close", () => this.#waiting.delete(waiting));
  }

  /** Every message from now on, one line each. */
  stream(response: ServerResponse): void {
    response.writeHead(200, { ...headers, "Content-Type": "application/x-ndjson" });
    response.flushHeaders();
    this.#streams.add(response);
    response.on("close", () => this.#streams.delete(response));
  }

  /** Requests that wait and answers that go on. */
  get heldCount(): number {
    return this.#waiting.size + this.#streams.size;
  }

  /** Ends everything that is held. */
  close(): void {
    clearInterval(this.#timer);
    this.#unlisten();
    const [waiting, streams] = [[...this.#waiting], [...this.#streams]];
    this.#waiting.clear();
    this.#streams.clear();
    // The page that pays for an answer may have had its share by it, and ends all this a second time.
    for (const { response } of waiting) this.#answer(response, []);
    for (const response of streams) response.end();
  }

  #deliver(text: string): void {
    for (const response of this.#streams) {
      // Who reads too slowly is not waited for: a stream has no way to say so, but the connection can be ended.
      if (response.writableLength > 1_000_000) response.destroy();
      else {
        response.write(`${text}\n`);
        this.#spend(text.length + 1);
      }
    }
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const { response, after } of waiting) this.#answer(response, this.#feed.after(after));
  }

  #answerOverdue(): void {
    const now = performance.now();
    for (const waiting of this.#waiting) {
      if (waiting.until > now) continue;
      this.#waiting.delete(waiting);
      this.#answer(waiting.response, []);
    }
  }

  #answer(response: ServerResponse, messages: readonly string[]): void {
    const body = `[${messages.join(",")}]`;
    response.writeHead(200, { ...headers, "Content-Type": "application/json", "Content-Length": body.length });
    response.end(body);
    this.#spend(body.length);
  }
}
