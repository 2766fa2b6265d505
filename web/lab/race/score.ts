// What one way brought to the page: messages, their bytes, how late they came. Latencies are kept in classes of equal ratio, so that
// any number of them costs the same memory and a percentile is right to 5 %.

const classRatio = 1.05;
const smallestMs = 0.05;
/** Up to ten minutes. */
const classCount = 340;

export class Score {
  messages = 0;
  usefulBytes = 0;
  lastPrice = "";
  lastNumber = 0;
  readonly #classes = new Uint32Array(classCount);
  #recent: number[] = [];

  /** `latencyMs` may be slightly negative: two clocks are compared. */
  count(bytes: number, latencyMs: number): void {
    this.messages += 1;
    this.usefulBytes += bytes;
    const ms = Math.max(0, latencyMs);
    const place = ms <= smallestMs ? 0 : Math.ceil(Math.log(ms / smallestMs) / Math.log(classRatio));
    const index = Math.min(classCount - 1, place);
    this.#classes[index] = (this.#classes[index] ?? 0) + 1;
    this.#recent.push(ms);
  }

  /** How late the message is that `share` of all were earlier than; undefined before the first. */
  percentile(share: number): number | undefined {
    if (this.messages === 0) return undefined;
    let left = Math.ceil(this.messages * share);
    for (const [index, count] of this.#classes.entries()) {
      left -= count;
      if (left <= 0) return smallestMs * classRatio ** index;
    }
    return undefined;
  }

  /** The median of those that came since this was asked last; null if none did. */
  takeRecentMedian(): number | null {
    const sorted = this.#recent.toSorted((a, b) => a - b);
    this.#recent = [];
    return sorted[Math.floor(sorted.length / 2)] ?? null;
  }

  reset(): void {
    this.messages = 0;
    this.usefulBytes = 0;
    this.#classes.fill(0);
    this.#recent = [];
  }
}
