// How many connections one address may hold and how fast it may make new ones. Counts under whatever key it is given;
// client-view makes the keys. Remembers an address only as long as that matters.

import type { Limits } from "../base/limits.ts";
import { TokenBucket } from "../base/token-bucket.ts";

interface Visitor {
  openCount: number;
  /** Those of them that are sessions. */
  keptCount: number;
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

  /**
   * Whether a connection of `key` may come in. If it may, it counts until leave(). `mayResume`: it may have a session here that
   * counts already.
   */
  enter(key: string, now: number, mayResume = false): GateVerdict {
    const { maxConnectionsPerAddress, connectsPerSecondPerAddress, connectBurstPerAddress } = this.#limits;
    if (maxConnectionsPerAddress === 0 && connectsPerSecondPerAddress === 0) return "pass";
    let visitor = this.#visitors.get(key);
    if (visitor === undefined) {
      if (this.#visitors.size >= this.#sweepAt) this.#sweep(now);
      visitor = {
        openCount: 0,
        keptCount: 0,
        rate: new TokenBucket(connectsPerSecondPerAddress, connectBurstPerAddress, now),
      };
      this.#visitors.set(key, visitor);
    }
    if (!visitor.rate.take(now)) return "connectsPerSecondPerAddress";
    const spare = mayResume ? spareOf(maxConnectionsPerAddress, visitor.keptCount) : 0;
    if (maxConnectionsPerAddress > 0 && visitor.openCount >= maxConnectionsPerAddress + spare)
      return "maxConnectionsPerAddress";
    visitor.openCount += 1;
    return "pass";
  }

  /** Whether more are in than the limit says. */
  isCrowded(key: string): boolean {
    const { maxConnectionsPerAddress } = this.#limits;
    return maxConnectionsPerAddress > 0 && (this.#visitors.get(key)?.openCount ?? 0) > maxConnectionsPerAddress;
  }

  /** One that had entered is a session now. */
  keep(key: string): void {
    const visitor = this.#visitors.get(key);
    if (visitor !== undefined) visitor.keptCount += 1;
  }

  /** A connection that had entered is gone. */
  leave(key: string, now: number, wasKept = false): void {
    const visitor = this.#visitors.get(key);
    if (visitor === undefined) return;
    visitor.openCount -= 1;
    if (wasKept) visitor.keptCount -= 1;
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

/**
 * How many may come in beyond `limit` to go on with sessions that count already: without any, a server that is full would let
 * none of its own come back. Few are enough, because each gives its place back when it was answered.
 */
export function spareOf(limit: number, sessionCount: number): number {
  return Math.min(Math.ceil(limit / 10), sessionCount);
}
