// What a client may ask for at most (wire/channels-v1 §5.4, RELIABILITY V-61): openings, refusals and control envelopes in a
// time. Counts only; what follows is the server's mux's affair. What it has counted is over after a while: then it may be let
// go, but for what data has earned.

import type { ChannelLimits } from "./limits.ts";

const REFUSALS = 200;
const REFUSALS_MS = 10_000;
const CONTROLS_PER_SECOND = 100;
/** Opening and closing every channel at once, with a credit for each, is no flood. */
const CONTROL_BURST = 256;
/** One more control envelope for so much data, either way: what its credits need. */
export const DATA_PER_CONTROL: number = 4 * 1024;
/** Data long ago is no licence. */
export const MOST_EARNED: number = 1024 * DATA_PER_CONTROL;

export class Floods {
  readonly #limits: ChannelLimits;
  /** Two buckets of tokens, each as the time at which it will be full: all that there is to know of it. */
  #opensFullAt = -Infinity;
  #controlsFullAt = -Infinity;
  /** When the last refusals were, as a ring. */
  #refusals: Float64Array | undefined;
  #lastRefusalAt = -Infinity;
  #refusalCount = 0;

  constructor(limits: ChannelLimits) {
    this.#limits = limits;
  }

  /** When another one in its place would say the same. */
  get restsAt(): number {
    return Math.max(this.#opensFullAt, this.#controlsFullAt, this.#lastRefusalAt + REFUSALS_MS);
  }

  /** Another OPEN. False: too many. */
  receiveOpen(now: number): boolean {
    const { opensPerSecond, openBurst } = this.#limits;
    const fullAt = withoutToken(this.#opensFullAt, now, opensPerSecond, openBurst);
    if (fullAt === undefined) return false;
    this.#opensFullAt = fullAt;
    return true;
  }

  /** A REJECT goes out. False: the client does not learn from them. */
  refuse(now: number): boolean {
    this.#refusals ??= new Float64Array(REFUSALS).fill(-Infinity);
    const at = this.#refusalCount++ % REFUSALS;
    this.#refusals[at] = now;
    this.#lastRefusalAt = now;
    const oldest = this.#refusals[this.#refusalCount % REFUSALS] as number;
    return now - oldest >= REFUSALS_MS;
  }

  /** Anything but a slice has come that no data has earned. False: too many. */
  receiveControl(now: number): boolean {
    const fullAt = withoutToken(this.#controlsFullAt, now, CONTROLS_PER_SECOND, CONTROL_BURST);
    if (fullAt === undefined) return false;
    this.#controlsFullAt = fullAt;
    return true;
  }
}

/** When a bucket that would be full at `fullAt` is full once a token is taken at `now`; undefined: there is none. */
function withoutToken(fullAt: number, now: number, perSecond: number, burst: number): number | undefined {
  const tokenMs = 1000 / perSecond;
  const filledAt = Math.max(fullAt, now) + tokenMs;
  // It holds one second's tokens at least.
  return filledAt - now > Math.max(burst, perSecond) * tokenMs ? undefined : filledAt;
}
