// What was numbered and is not yet acknowledged, kept for replay (wire/session-v1 §1, §2). Bounded: whoever numbers asks for
// room first. Does not know time, transports or packets.

import { OBJECT_COST } from "../base/limits.ts";

export class Outbox {
  readonly #maxCost: number;
  readonly #maxCount: number;
  #items: Uint8Array[] | undefined;
  /** Where in #items the oldest one kept lies; those before it are holes. */
  #head = 0;
  /** The number of the oldest one kept, less one. */
  #released = 0;
  #acked = 0;
  #cost = 0;

  constructor(maxCost: number, maxCount: number) {
    this.#maxCost = maxCost;
    this.#maxCount = maxCount;
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
    return this.#items === undefined ? 0 : this.#items.length - this.#head;
  }

  /** What they are charged: their bytes, and OBJECT_COST each. */
  get cost(): number {
    return this.#cost;
  }

  /** Whether one more may be numbered. */
  get hasRoom(): boolean {
    return this.#cost < this.#maxCost && this.count < this.#maxCount;
  }

  /** Keeps one packet and gives it the next number. */
  add(packet: Uint8Array): number {
    if (this.#items === undefined) this.#items = [packet];
    else this.#items.push(packet);
    this.#cost += packet.length + OBJECT_COST;
    return this.last;
  }

  /** The packet of number `number`, or undefined when it was released or never given. */
  get(number: number): Uint8Array | undefined {
    return number > this.#released ? this.#items?.[this.#head + number - this.#released - 1] : undefined;
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
    const items = this.#items;
    if (items === undefined) return;
    const end = Math.min(this.#acked, unsentFrom - 1);
    while (this.#released < end) {
      this.#cost -= (items[this.#head] as Uint8Array).length + OBJECT_COST;
      items[this.#head++] = none;
      this.#released++;
    }
    if (this.#head === items.length) {
      this.#items = undefined;
      this.#head = 0;
    } else if (this.#head >= 32 && this.#head * 2 >= items.length) {
      this.#items = items.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Forgets everything, because the session is over. */
  clear(): void {
    this.#released = this.last;
    this.#items = undefined;
    this.#head = 0;
    this.#cost = 0;
  }
}

const none = new Uint8Array(0);
