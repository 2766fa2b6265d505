// What was numbered and is not yet acknowledged, kept for replay (wire/session-v1 §1, §2). Bounded: whoever numbers asks for
// room first. Does not know time, transports or packets.

import { OBJECT_COST } from "../base/limits.ts";

/** How much may be kept: charged bytes, and packets. */
export interface OutboxLimits {
  readonly retainBytes: number;
  readonly retainPackets: number;
}

interface Kept {
  items: Uint8Array[];
  /** Where the oldest one kept lies; those before it are holes. */
  head: number;
  cost: number;
}

export class Outbox {
  readonly #limits: OutboxLimits;
  /** While anything is kept. */
  #kept: Kept | undefined;
  /** The number of the oldest one kept, less one. */
  #released = 0;
  #acked = 0;

  constructor(limits: OutboxLimits) {
    this.#limits = limits;
  }

  /** The highest number acknowledged. */
  get acked(): number {
    return this.#acked;
  }

  /** The highest number given. */
  get last(): number {
    return this.#released + this.count;
  }

  /** How many packets are kept. */
  get count(): number {
    return this.#kept === undefined ? 0 : this.#kept.items.length - this.#kept.head;
  }

  /** What they are charged: their bytes, and OBJECT_COST each. */
  get cost(): number {
    return this.#kept?.cost ?? 0;
  }

  /** Whether one more may be numbered. */
  get hasRoom(): boolean {
    return this.cost < this.#limits.retainBytes && this.count < this.#limits.retainPackets;
  }

  /** Keeps one packet and gives it the next number. */
  add(packet: Uint8Array): number {
    const cost = packet.length + OBJECT_COST;
    if (this.#kept === undefined) {
      this.#kept = { items: [packet], head: 0, cost };
    } else {
      this.#kept.items.push(packet);
      this.#kept.cost += cost;
    }
    return this.last;
  }

  /** The packet of number `number`, or undefined when it was released or never given. */
  get(number: number): Uint8Array | undefined {
    const kept = this.#kept;
    return kept !== undefined && number > this.#released
      ? kept.items[kept.head + number - this.#released - 1]
      : undefined;
  }

  /**
   * Notes that the peer has everything up to `number`; never goes back. What a transport has yet to replay, from
   * `unsentFrom` on, is kept: numbers on a transport have no holes. False when `number` was never given.
   */
  acknowledge(number: number, unsentFrom: number): boolean {
    if (number > this.last) return false;
    if (number > this.#acked) this.#acked = number;
    this.release(unsentFrom);
    return true;
  }

  /** Forgets what is acknowledged, below `unsentFrom`. */
  release(unsentFrom: number): void {
    const kept = this.#kept;
    if (kept === undefined) return;
    const end = Math.min(this.#acked, unsentFrom - 1);
    while (this.#released < end) {
      kept.cost -= (kept.items[kept.head] as Uint8Array).length + OBJECT_COST;
      kept.items[kept.head++] = none;
      this.#released++;
    }
    if (kept.head === kept.items.length) {
      this.#kept = undefined;
    } else if (kept.head >= 32 && kept.head * 2 >= kept.items.length) {
      kept.items = kept.items.slice(kept.head);
      kept.head = 0;
    }
  }

  /** Forgets everything, because the session is over. */
  clear(): void {
    this.#released = this.last;
    this.#kept = undefined;
  }
}

const none = new Uint8Array(0);
