// How long a session may go on (wire/session-v1 §3.1): while nobody has confirmed it, while it has no transport, as long as its
// admission is good, and, once it is over, until its last word was fetched. Monotonic time only. Ends nothing itself.

import type { SessionSettings } from "./settings.ts";

export class Lease {
  readonly #settings: SessionSettings;
  #forgetAt: number | undefined;
  #admittedUntil: number | undefined;

  constructor(settings: SessionSettings) {
    this.#settings = settings;
  }

  /** When `judge` has something to say. */
  get endsAt(): number {
    return Math.min(this.#forgetAt ?? Infinity, this.#admittedUntil ?? Infinity);
  }

  /** What has run out at `now`: the time to come back, or that of the admission. */
  judge(now: number): "forgotten" | "admission" | undefined {
    if (this.#forgetAt !== undefined && now >= this.#forgetAt) return "forgotten";
    return this.#admittedUntil !== undefined && now >= this.#admittedUntil ? "admission" : undefined;
  }

  /** It is offered: an orphan unless somebody confirms it. */
  welcome(now: number): void {
    this.#forgetAt = now + this.#settings.orphanMs;
  }

  /** It has a transport. Only one that was confirmed is safe with it. */
  attach(isConfirmed: boolean): void {
    if (isConfirmed) this.#forgetAt = undefined;
  }

  /** It has none any more. An orphan gets no more time than it had. */
  park(isConfirmed: boolean, now: number): void {
    if (isConfirmed) this.#forgetAt = now + this.#settings.windowMs;
  }

  /** Its admission is good for so long, 0 for ever, and some grace. */
  admit(expiresSeconds: number, now: number): void {
    this.#admittedUntil = expiresSeconds === 0 ? undefined : now + expiresSeconds * 1000 + this.#settings.authGraceMs;
  }

  /** It is over. */
  end(): void {
    this.#forgetAt = undefined;
    this.#admittedUntil = undefined;
  }

  /** It is over, and its last word waits for a request. */
  linger(now: number): void {
    this.#forgetAt = now + this.#settings.requestGapMs;
  }
}
