// How fast one seat may speak: a bucket of tokens that fills with time. Knows no clock; whoever asks brings the time.

export interface Pace {
  /** How many at once after a pause. */
  readonly burst: number;
  /** How many in the long run. */
  readonly perSecond: number;
}

export class Allowance {
  readonly #pace: Pace;
  #tokens: number;
  #filledAt: number;

  constructor(pace: Pace, now: number) {
    this.#pace = pace;
    this.#tokens = pace.burst;
    this.#filledAt = now;
  }

  /** Takes one token; false when none is left. A clock that was set back gives no tokens and takes none. */
  take(now: number): boolean {
    const elapsedMs = Math.max(0, now - this.#filledAt);
    this.#tokens = Math.min(this.#pace.burst, this.#tokens + (elapsedMs / 1_000) * this.#pace.perSecond);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
