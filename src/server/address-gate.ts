// How many connections one address may hold and how fast it may make new ones. Counts under whatever key it is given;
// client-view makes the keys. Remembers an address only as long as that matters.

import type { Limits } from "../base/limits.ts";
import { TokenBucket } from "../base/token-bucket.ts";

interface Visitor {
  openCount: number;
  readonly rate: TokenBucket;
}

export type GateVerdict = "pass" | "maxConnectionsPerAddress" | "connectsPerSecondPerAddress";

type GateLimits = Pick<Limits, "maxConnectionsPerAddress" | "connectsPerSecondPerAddress" | "connectBurstPerAddress">;

/** Addresses remembered before the first sweep. */
const firstSweep = 256;

export class AddressGate {
  readonly #limits: GateLimits;
  readonly #visitors = new Map<string, Visitor>();
  #sweepAt = firstSweep;

  constructor(limits: GateLimits) {
    this.#limits = limits;
  }

  /** Addresses that are remembered. */
  get size(): number {
    return this.#visitors.size;
  }

  /** Whether a connection of `key` may come in. If it may, it counts until leave(). */
  enter(key: string, now: number): GateVerdict {
    const { maxConnectionsPerAddress, connectsPerSecondPerAddress, connectBurstPerAddress } = this.#limits;
    if (maxConnectionsPerAddress === 0 && connectsPerSecondPerAddress === 0) return "pass";
    let visitor = this.#visitors.get(key);
    if (visitor === undefined) {
      if (this.#visitors.size >= this.#sweepAt) this.#sweep(now);
      visitor = { openCount: 0, rate: new TokenBucket(connectsPerSecondPerAddress, connectBurstPerAddress, now) };
      this.#visitors.set(key, visitor);
    }
    if (!visitor.rate.take(now)) return "connectsPerSecondPerAddress";
    if (maxConnectionsPerAddress > 0 && visitor.openCount >= maxConnectionsPerAddress)
      return "maxConnectionsPerAddress";
    visitor.openCount += 1;
    return "pass";
  }

  /** A connection that had entered is gone. */
  leave(key: string, now: number): void {
    const visitor = this.#visitors.get(key);
    if (visitor === undefined) return;
    visitor.openCount -= 1;
    if (visitor.openCount === 0 && visitor.rate.isFull(now)) this.#visitors.delete(key);
  }

  #sweep(now: number): void {
    for (const [key, visitor] of this.#visitors) {
      if (visitor.openCount === 0 && visitor.rate.isFull(now)) this.#visitors.delete(key);
    }
    // Sweeping again only after as many new ones keeps the work per connection constant.
    this.#sweepAt = Math.max(firstSweep, this.#visitors.size * 2);
  }
}
