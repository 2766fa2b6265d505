// The sessions of a node that have no transport (wire/session-v1 §6, "Sizes"): bounded in number and in what they keep. The one
// that has waited longest goes first. What a session keeps cannot grow while it is here, because nothing is numbered. Knows no
// time: how long one may wait is its own affair.

import { OBJECT_COST } from "../base/limits.ts";

export interface ParkingLimits {
  /** How many may wait at once. */
  readonly maxParked: number;
  /** And what all of them may keep in their outboxes, charged as bytes and objects. */
  readonly maxParkedBytes: number;
}

export const defaultParkingLimits: ParkingLimits = { maxParked: 100_000, maxParkedBytes: 64 * 1024 * 1024 };

/** What waits. */
export interface Parkable {
  readonly retainedBytes: number;
  /** Ends it. */
  expire(reason: string): void;
}

/** Counters, key, name and maps of one, beside its outbox. */
const SESSION_COST = 1024 + OBJECT_COST;

export class Parking {
  readonly #limits: ParkingLimits;
  /** In the order of their coming, each with its charge. */
  readonly #places = new Map<Parkable, number>();
  #bytes = 0;

  constructor(limits: ParkingLimits) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#places.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Takes `session` in; whoever has waited longest makes room, and that can be itself. */
  park(session: Parkable): void {
    this.leave(session);
    const charge = SESSION_COST + session.retainedBytes;
    this.#places.set(session, charge);
    this.#bytes += charge;
    while (this.#places.size > this.#limits.maxParked || this.#bytes > this.#limits.maxParkedBytes) {
      const [oldest] = this.#places.keys();
      if (oldest === undefined) return;
      this.leave(oldest);
      oldest.expire("Too many sessions wait for their clients.");
    }
  }

  leave(session: Parkable): void {
    this.#bytes -= this.#places.get(session) ?? 0;
    this.#places.delete(session);
  }
}
