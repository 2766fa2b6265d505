// A rate with a burst: so many tokens per second, so many at most at once. Time is passed in. Decides nothing about what
// happens when it is empty.

export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #at: number;

  /** `perSecond` of 0 means no limit. A burst below one second's tokens is raised to it. */
  constructor(perSecond: number, burst: number, now: number) {
    this.#perSecond = perSecond;
    this.#burst = Math.max(burst, perSecond);
    this.#tokens = this.#burst;
    this.#at = now;
  }

  /** Takes one token; false when there is none. */
  take(now: number): boolean {
    if (this.#perSecond === 0) return true;
    if (now > this.#at) {
      this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#at) / 1000) * this.#perSecond);
      this.#at = now;
    }
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Whether the bucket is full at `now`: it then remembers nothing and may be forgotten. */
  isFull(now: number): boolean {
    return this.#tokens + (Math.max(0, now - this.#at) / 1000) * this.#perSecond >= this.#burst;
  }
}
