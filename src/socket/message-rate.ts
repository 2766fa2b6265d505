// How fast one peer may send messages. RELIABILITY §5.2 messageRate: too fast once, and reading pauses for a second; too
// fast again right after it, and the peer is given up. Pure; the driver pauses and gives up.

import { TokenBucket } from "../base/token-bucket.ts";

const PAUSE_MS = 1000;

export class MessageRate {
  readonly #bucket: TokenBucket;
  #pausedAt = -Infinity;
  /** Until when reading pauses; Infinity when it does not. */
  pausedUntil: number = Infinity;

  /** The rate and burst as in limits.messagesPerSecond and limits.messageBurst; a rate of 0 never objects. */
  constructor(perSecond: number, burst: number, now: number) {
    this.#bucket = new TokenBucket(perSecond, burst, now);
  }

  /** A message came: all is well, reading must pause until `pausedUntil`, or the peer floods. */
  receive(now: number): "fine" | "pause" | "flood" {
    if (this.#bucket.take(now)) return "fine";
    // What was read together with the message that caused the pause is no second offence.
    if (this.pausedUntil !== Infinity) return "fine";
    if (now - this.#pausedAt < 2 * PAUSE_MS) return "flood";
    this.#pausedAt = now;
    this.pausedUntil = now + PAUSE_MS;
    return "pause";
  }

  /** Whether a pause is over at `now`; it then ends. */
  resume(now: number): boolean {
    if (now < this.pausedUntil) return false;
    this.pausedUntil = Infinity;
    return true;
  }
}
