// The page's end of the four ways: each hands on the messages of the feed as they come. fetch() and a browser's WebSocket, nothing of
// Longwire's client, so that what is compared is the ways themselves. Begun and ended by the race.
import type { FeedMessage, Way } from "../../../src/cli/lab/race/wire.ts";
import type { ServerHalf } from "../server-half.ts";

export interface ReceiverOwner {
  readonly server: ServerHalf;
  /** How often polling asks, in ms; looked at before each request. */
  readonly pollMs: () => number;
  /** While it is, nobody polls; what is held stays held. */
  readonly isPaused: () => boolean;
  /** Polling and long polling send a request. */
  asked(way: Way): void;
  /** A message, and how many bytes its text has. */
  received(way: Way, message: FeedMessage, bytes: number): void;
}

/** Begins all four. The returned function ends them. */
export function receive(owner: ReceiverOwner): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const polling = new Polling(owner, "poll", signal);
  const longPolling = new Polling(owner, "longpoll", signal);
  // Ajax polling asks, waits, asks. Long polling is answered when there is something, and asks again at once.
  void repeat(signal, () => polling.run(owner.pollMs));
  void repeat(signal, () => longPolling.run(() => 0));
  void repeat(signal, () => readStream(owner, signal));
  void repeat(signal, () => readSocket(owner, signal));
  return () => stop.abort();
}

const retryMs = 1_000;

/** A way that breaks is begun again a little later, until all is over. */
async function repeat(signal: AbortSignal, run: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await run().catch(() => {});
    await wait(retryMs, signal);
  }
}

class Polling {
  readonly #owner: ReceiverOwner;
  readonly #way: "poll" | "longpoll";
  readonly #signal: AbortSignal;
  /** The number of the last message that came. */
  #last = 0;

  constructor(owner: ReceiverOwner, way: "poll" | "longpoll", signal: AbortSignal) {
    this.#owner = owner;
    this.#way = way;
    this.#signal = signal;
  }

  async run(intervalMs: () => number): Promise<void> {
    while (!this.#signal.aborted) {
      const askedAt = performance.now();
      if (!this.#owner.isPaused() || this.#way === "longpoll") await this.#ask();
      const left = intervalMs() - (performance.now() - askedAt);
      if (left > 0) await wait(left, this.#signal);
    }
  }

  async #ask(): Promise<void> {
    this.#owner.asked(this.#way);
    const url = this.#owner.server.apiUrl("race", this.#way, { after: this.#last });
    const response = await fetch(url, { signal: this.#signal });
    if (!response.ok) throw new Error(`${this.#way} was answered ${response.status}`);
    const text = await response.text();
    const messages = JSON.parse(text) as FeedMessage[];
    // Brackets and commas are this way's own.
    const bytes = (text.length - 1 - messages.length) / messages.length;
    for (const message of messages) {
      this.#last = message.n;
      this.#owner.received(this.#way, message, bytes);
    }
  }
}

/** HTTP streaming: one answer that does not end, a message per line. */
async function readStream(owner: ReceiverOwner, signal: AbortSignal): Promise<void> {
  owner.asked("stream");
  const response = await fetch(owner.server.apiUrl("race", "stream"), { signal });
  if (!response.ok || response.body === null) throw new Error(`the stream was answered ${response.status}`);
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) owner.received("stream", JSON.parse(line) as FeedMessage, line.length);
  }
}

/** WebSocket: one connection, a message per message. */
function readSocket(owner: ReceiverOwner, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    owner.asked("socket");
    const socket = new WebSocket(owner.server.socketUrl("race", "socket"));
    signal.addEventListener("abort", () => socket.close());
    socket.addEventListener("message", (event: MessageEvent<string>) => {
      owner.received("socket", JSON.parse(event.data) as FeedMessage, event.data.length);
    });
    socket.addEventListener("close", () => resolve());
  });
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
