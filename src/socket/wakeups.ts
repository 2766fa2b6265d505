// One timer for all connections of a runtime. Each says when it must be woken next; the moments are kept in buckets of
// 100 ms, because keep-alive and deadlines are seconds and a timer per connection costs more than the connection's work.
// Waking early is harmless (the woken one looks at its own deadlines), so a deadline that moves later costs nothing.

import type { Clock, Timer } from "../base/clock.ts";

export interface Wakeable {
  /** The bucket this waits in; owned by Wakeups. Begin with Infinity. */
  wakeBucket: number;
  /** Judges the deadlines and calls schedule() again if there are any. */
  wake(now: number): void;
}

const BUCKET_MS = 100;

export class Wakeups {
  readonly #clock: Clock;
  readonly #buckets = new Map<number, Set<Wakeable>>();
  #armedFor = Infinity;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many wait. */
  get size(): number {
    let count = 0;
    for (const bucket of this.#buckets.values()) count += bucket.size;
    return count;
  }

  /** Wakes `item` at `at` or up to 100 ms later, unless an earlier wake is already due; Infinity asks for nothing. */
  schedule(item: Wakeable, at: number): void {
    if (at === Infinity) return;
    const bucket = Math.ceil(at / BUCKET_MS);
    if (item.wakeBucket <= bucket) return;
    this.forget(item);
    item.wakeBucket = bucket;
    let waiting = this.#buckets.get(bucket);
    if (waiting === undefined) {
      waiting = new Set();
      this.#buckets.set(bucket, waiting);
    }
    waiting.add(item);
    if (bucket < this.#armedFor) this.#arm(bucket);
  }

  /** Takes `item` out. */
  forget(item: Wakeable): void {
    if (item.wakeBucket === Infinity) return;
    const waiting = this.#buckets.get(item.wakeBucket);
    item.wakeBucket = Infinity;
    if (waiting === undefined) return;
    waiting.delete(item);
  }

  #arm(bucket: number): void {
    this.#timer?.cancel();
    this.#armedFor = bucket;
    this.#timer = this.#clock.schedule(Math.max(0, bucket * BUCKET_MS - this.#clock.now()), () => {
      this.#wakeDue();
    });
  }

  #wakeDue(): void {
    const now = this.#clock.now();
    this.#armedFor = Infinity;
    this.#timer = undefined;
    let next = Infinity;
    const due: [bucket: number, waiting: Set<Wakeable>][] = [];
    for (const [bucket, waiting] of this.#buckets) {
      if (waiting.size > 0 && bucket * BUCKET_MS > now) {
        next = Math.min(next, bucket);
        continue;
      }
      this.#buckets.delete(bucket);
      due.push([bucket, waiting]);
    }
    for (const [bucket, waiting] of due) {
      for (const item of waiting) {
        // One that was woken before it may have made this one be forgotten.
        if (item.wakeBucket !== bucket) continue;
        item.wakeBucket = Infinity;
        item.wake(now);
      }
    }
    if (next < this.#armedFor) this.#arm(next);
  }
}
