// How long the small messages of each way took, apart for the times with and without a transfer; and how far the transfer is. Counts;
// draws nothing.
import { type Stream, type Way, ways } from "../../../src/cli/lab/many/wire.ts";

export type Small = Exclude<Stream, "transfer">;
export const smalls: readonly Small[] = ["chat", "feed", "telemetry"];

/** The newest that are remembered of each kind. */
const mostKept = 2_000;

export interface Took {
  readonly count: number;
  readonly median: number;
  readonly worst: number;
}

class Times {
  #times: number[] = [];

  add(ms: number): void {
    this.#times.push(ms);
    if (this.#times.length > mostKept) this.#times.shift();
  }

  get took(): Took | undefined {
    const sorted = this.#times.toSorted((one, other) => one - other);
    const median = sorted[Math.floor(sorted.length / 2)];
    return median === undefined ? undefined : { count: sorted.length, median, worst: sorted.at(-1) ?? median };
  }
}

/** One transfer over one way. Times by the server's clock. */
export interface Transfer {
  readonly startedAt: number;
  readonly totalBytes: number;
  readonly bytes: number;
  /** Undefined while it goes on. */
  readonly endedAt: number | undefined;
}

export class Latencies {
  readonly #times = new Map<string, Times>();
  readonly #transfers = new Map<Way, Transfer>();

  /** A transfer has begun, over both ways. */
  begin(startedAt: number, totalBytes: number): void {
    for (const way of ways) this.#transfers.set(way, { startedAt, totalBytes, bytes: 0, endedAt: undefined });
  }

  /** A piece of it came. */
  advance(way: Way, bytes: number, now: number): void {
    const transfer = this.#transfers.get(way);
    if (transfer === undefined) return;
    const all = transfer.bytes + bytes;
    this.#transfers.set(way, { ...transfer, bytes: all, endedAt: all >= transfer.totalBytes ? now : undefined });
  }

  /** A small message was sent at `sentAt` and took `ms`. */
  add(way: Way, stream: Small, sentAt: number, ms: number): void {
    const transfer = this.#transfers.get(way);
    const isDuring = transfer !== undefined && sentAt >= transfer.startedAt && sentAt < (transfer.endedAt ?? Infinity);
    const key = `${way} ${stream} ${isDuring ? "during" : "alone"}`;
    const times = this.#times.get(key) ?? new Times();
    this.#times.set(key, times);
    times.add(ms);
  }

  took(way: Way, stream: Small, when: "alone" | "during"): Took | undefined {
    return this.#times.get(`${way} ${stream} ${when}`)?.took;
  }

  transfer(way: Way): Transfer | undefined {
    return this.#transfers.get(way);
  }

  get isTransferring(): boolean {
    return [...this.#transfers.values()].some(({ endedAt }) => endedAt === undefined);
  }
}
