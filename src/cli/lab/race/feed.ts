// The feed of the race: a price that changes so many times a second, each message as many bytes as were asked for. Keeps the last
// messages, so that whoever asks now and then misses none. Knows nothing of how they travel.

/** More than a slow poller misses between two requests: five seconds of the fastest feed, four times over. */
const keptCount = 1_000;

export interface FeedSettings {
  readonly rate: number;
  readonly bytes: number;
}

export class Feed {
  readonly #now: () => number;
  readonly #listeners = new Set<(text: string) => void>();
  #kept: string[] = [];
  #count = 0;
  #cents = 10_000;
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Runs, or runs on with other settings. */
  run({ rate, bytes }: FeedSettings): void {
    this.stop();
    this.#bytes = bytes;
    this.#timer = setInterval(() => this.make(), 1_000 / rate);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** The number of the newest message, 0 before the first. */
  get last(): number {
    return this.#count;
  }

  /** The messages after number `n`, as far as they are kept. */
  after(n: number): readonly string[] {
    const missing = Math.max(0, this.#count - n);
    return missing === 0 ? [] : this.#kept.slice(-missing);
  }

  /** Returns what ends it. */
  listen(listener: (text: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Makes the next message now. */
  make(): void {
    this.#count += 1;
    this.#cents += Math.round((Math.random() - 0.5) * 40);
    const price = (this.#cents / 100).toFixed(2);
    const text = formatMessage(this.#count, this.#now(), price, this.#bytes);
    this.#kept.push(text);
    if (this.#kept.length > 2 * keptCount) this.#kept = this.#kept.slice(-keptCount);
    for (const listener of this.#listeners) listener(text);
  }
}

/** Exactly `bytes` bytes of JSON, unless what must be said needs more. */
export function formatMessage(n: number, at: number, price: string, bytes: number): string {
  const bare = `{"n":${n},"at":${at.toFixed(3)},"price":"${price}","pad":""}`;
  return `${bare.slice(0, -2)}${".".repeat(Math.max(0, bytes - bare.length))}"}`;
}
