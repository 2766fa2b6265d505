// A Clock that stands still until the test moves it. Timers run in the order of their moments, equal ones in the order they
// were set; whatever a timer sets for a moment within the same advance runs too.

import type { Clock, Timer } from "../base/clock.ts";

interface Scheduled {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Time for tests. Give it wherever a `clock` is asked for. */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  readonly #scheduled = new Set<Scheduled>();

  /** `startMs`: what `now()` says at first. Default: 1,000. */
  constructor(startMs = 1_000) {
    this.#now = startMs;
  }

  /** The time it stands at, in ms. */
  now(): number {
    return this.#now;
  }

  /** Runs `run` when the clock has been moved on by `delayMs`. Throws for a negative delay. */
  schedule(delayMs: number, run: () => void): Timer {
    if (!(delayMs >= 0)) throw new Error(`A timer ${delayMs} ms from now: expected a number ≥ 0.`);
    const timer: Scheduled = { at: this.#now + delayMs, order: this.#order++, run };
    this.#scheduled.add(timer);
    return {
      cancel: () => {
        this.#scheduled.delete(timer);
      },
    };
  }

  /** Timers set and neither run nor canceled: 0 when nothing keeps the process busy. */
  get pendingCount(): number {
    return this.#scheduled.size;
  }

  /** When the next timer is due, or undefined. */
  get nextAt(): number | undefined {
    return this.#next()?.at;
  }

  /** Moves time, running what falls due on the way, each at its own moment. */
  advance(byMs: number): void {
    const end = this.#now + byMs;
    for (let timer = this.#next(); timer !== undefined && timer.at <= end; timer = this.#next()) this.#ring(timer);
    this.#now = end;
  }

  /** Like `advance`, but lets promises and streams settle after each timer, as an event loop does. */
  async advanceAsync(byMs: number): Promise<void> {
    const end = this.#now + byMs;
    await settled();
    for (let timer = this.#next(); timer !== undefined && timer.at <= end; timer = this.#next()) {
      this.#ring(timer);
      await settled();
    }
    this.#now = end;
  }

  #ring(timer: Scheduled): void {
    this.#scheduled.delete(timer);
    this.#now = Math.max(this.#now, timer.at);
    timer.run();
  }

  #next(): Scheduled | undefined {
    let next: Scheduled | undefined;
    for (const timer of this.#scheduled) {
      if (next === undefined || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) next = timer;
    }
    return next;
  }
}

/** Resolves when a few rounds of the event loop have passed: streams, ticks and promises have had their turn. */
export async function settled(rounds = 3): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}
