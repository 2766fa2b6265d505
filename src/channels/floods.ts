// What a client may ask for at most (wire/channels-v1 §5.4, RELIABILITY V-61): openings, refusals and control envelopes in a
// time. Counts only; what follows is the server's mux's affair.

import { TokenBucket } from "../base/token-bucket.ts";
import type { ChannelLimits } from "./limits.ts";

const REFUSALS = 200;
const REFUSALS_MS = 10_000;
const CONTROLS_PER_SECOND = 100;
/** Opening and closing every channel at once, with a credit for each, is no flood. */
const CONTROL_BURST = 256;
/** One more control envelope for so much data, either way: what its credits need. */
const DATA_PER_CONTROL: number = 4 * 1024;
/** Data long ago is no licence. */
const MOST_EARNED = 1024;

export class Floods {
  readonly #opens: TokenBucket;
  readonly #controls: TokenBucket;
  #earned = 0;
  /** When the last refusals were, as a ring. */
  #refusals: Float64Array | undefined;
  #refusalCount = 0;

  constructor(limits: ChannelLimits, now: number) {
    this.#opens = new TokenBucket(limits.opensPerSecond, limits.openBurst, now);
    this.#controls = new TokenBucket(CONTROLS_PER_SECOND, CONTROL_BURST, now);
  }

  /** Another OPEN. False: too many. */
  receiveOpen(now: number): boolean {
    return this.#opens.take(now);
  }

  /** A REJECT goes out. False: the client does not learn from them. */
  refuse(now: number): boolean {
    this.#refusals ??= new Float64Array(REFUSALS).fill(-Infinity);
    const at = this.#refusalCount++ % REFUSALS;
    this.#refusals[at] = now;
    const oldest = this.#refusals[this.#refusalCount % REFUSALS] as number;
    return now - oldest >= REFUSALS_MS;
  }

  /** Slices that cost `cost` went either way. */
  earn(cost: number): void {
    this.#earned = Math.min(this.#earned + cost / DATA_PER_CONTROL, MOST_EARNED);
  }

  /** Anything but a slice has come. False: too many. */
  receiveControl(now: number): boolean {
    if (this.#earned >= 1) {
      this.#earned -= 1;
      return true;
    }
    return this.#controls.take(now);
  }
}
