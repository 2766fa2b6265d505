// How long to wait before the next attempt: doubling, with full jitter, so that a crowd that lost its server does not come back
// as one (DESIGN §6; RELIABILITY F-21). A server that says when to come is believed. Does not wait itself.

import type { Jitter } from "../base/random.ts";

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

export class Backoff {
  readonly #random: Jitter;
  #failures = 0;

  constructor(random: Jitter) {
    this.#random = random;
  }

  /** The pause before the next attempt, in milliseconds; never less than `retryAfterMs`, and spread beyond it. */
  next(retryAfterMs: number | undefined): number {
    const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(this.#failures, 10));
    this.#failures++;
    return (retryAfterMs ?? 0) + this.#random.fraction() * most;
  }

  /** An attempt has succeeded: the next failure is a first one again. */
  reset(): void {
    this.#failures = 0;
  }
}
