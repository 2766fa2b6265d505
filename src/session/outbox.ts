// What was numbered and is not yet acknowledged, kept for replay (wire/session-v1 §1, §2). Small packets stand one behind another in
// pages, each behind its length as in a pack: an object for each would cost more than its bytes, and the garbage collector would meet
// it again. Bounded: whoever numbers asks for room first. Does not know time or transports.

import { allocateSmall, copyBytes } from "../base/bytes.ts";
import { OBJECT_COST } from "../base/limits.ts";
import { messageOf, packetIn } from "./pack.ts";

/** How much may be kept: charged bytes, and packets. */
export interface OutboxLimits {
  readonly retainBytes: number;
  readonly retainPackets: number;
}

/** What goes over a WebSocket at once: a packet, or a pack of them. */
export interface Message {
  readonly bytes: Uint8Array;
  /** The number after the last one in it. */
  readonly end: number;
}

/** Written once: what was given out of it stays as it is. */
interface Page {
  readonly memory: Uint8Array;
  /** It is one packet, without its length. */
  readonly isAlone: boolean;
  /** The number of the oldest packet in it that is kept, and where that one stands. */
  from: number;
  at: number;
  /** The number after the last one, and where that one will stand. */
  end: number;
  until: number;
  /** What is charged for what of it is kept. */
  cost: number;
  next: Page | undefined;
}

interface Kept {
  count: number;
  cost: number;
  first: Page | undefined;
  last: Page | undefined;
  /** What is charged for the packets that are still to come. */
  newCost: number;
  /** Where a packet was looked for last: those wanted next lie behind it. */
  place: Place | undefined;
}

interface Place {
  readonly page: Page;
  readonly number: number;
  readonly at: number;
}

/** The largest page that is made before it is known what for. */
const MOST_PAGE_BYTES = 2 * 1024;
const LEAST_PAGE_BYTES = 64;

export class Outbox {
  readonly #limits: OutboxLimits;
  /** While anything is kept. */
  #kept: Kept | undefined;
  /** The number of the oldest one kept, less one. */
  #released = 0;
  #acked = 0;
  /** How large the first page is: as the last one was of what was kept before. */
  #pageBytes = 0;

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
    return this.#kept?.count ?? 0;
  }

  /** What they are charged: their bytes, and OBJECT_COST each. */
  get cost(): number {
    return this.#kept?.cost ?? 0;
  }

  /** Whether one more may be numbered. */
  get hasRoom(): boolean {
    const kept = this.#kept;
    const { retainBytes, retainPackets } = this.#limits;
    return kept === undefined || (kept.cost < retainBytes && kept.count < retainPackets);
  }

  /** Gives the next number, to a packet of so many bytes, which is to be kept with `keep`. */
  give(bytes: number): void {
    const kept = (this.#kept ??= nothingKept());
    const cost = bytes + OBJECT_COST;
    kept.count++;
    kept.cost += cost;
    kept.newCost += cost;
  }

  /**
   * Keeps a copy of all packets that were given a number since the last time: they stand in `bytes` from `start` to `end`, each behind
   * its length.
   */
  keep(bytes: Uint8Array, start: number, end: number): void {
    const kept = this.#kept;
    // The session may have ended meanwhile.
    if (kept === undefined) return;
    const page = this.#pageFor(kept, end - start);
    copyBytes(bytes, start, end, page.memory, page.until);
    page.until += end - start;
    this.#extend(kept, page);
  }

  /** The same for one that is large and stands by itself: it is kept where it is, and never written to. */
  keepAlone(packet: Uint8Array): void {
    const kept = this.#kept;
    if (kept !== undefined) this.#extend(kept, append(kept, packet, true, this.#released + 1));
  }

  /** The last page, if that has room for so many bytes, or another one. */
  #pageFor(kept: Kept, bytes: number): Page {
    const { last } = kept;
    if (last?.isAlone === false && last.memory.length - last.until >= bytes) return last;
    // Behind a large packet there may be another one.
    const wanted = last?.isAlone === true ? LEAST_PAGE_BYTES : this.#nextPageBytes(last);
    return append(kept, allocateSmall(Math.max(bytes, wanted)), false, this.#released + 1);
  }

  #nextPageBytes(last: Page | undefined): number {
    if (last !== undefined) this.#pageBytes = Math.min(2 * last.memory.length, MOST_PAGE_BYTES);
    return this.#pageBytes;
  }

  #extend(kept: Kept, page: Page): void {
    page.end = this.last + 1;
    page.cost += kept.newCost;
    kept.newCost = 0;
  }

  /**
   * The message that begins with packet `number`, or, where packets do not go together, that packet by itself; undefined: released,
   * or not kept yet.
   */
  message(number: number, isSingle = false): Message | undefined {
    const place = this.#seek(number);
    if (place === undefined) return undefined;
    const { page, at } = place;
    const { memory, isAlone, until, end } = page;
    if (isAlone) return { bytes: memory, end };
    if (!isSingle) return { bytes: messageOf(memory, at, until), end };
    const packet = packetIn(memory, at);
    return { bytes: memory.subarray(packet.start, packet.end), end: number + 1 };
  }

  /** The packet of number `number`; undefined: released, or not kept yet. */
  get(number: number): Uint8Array | undefined {
    return this.message(number, true)?.bytes;
  }

  #seek(number: number): Place | undefined {
    const kept = this.#kept;
    // What has its number may be still to come.
    if (kept?.first === undefined || number <= this.#released || number >= (kept.last?.end ?? 0)) return undefined;
    const { place } = kept;
    const isBehind = place !== undefined && place.number > this.#released && place.number <= number;
    let { page, number: reached, at } = isBehind ? place : placeOf(kept.first);
    while (page.end <= number) {
      if (page.next === undefined) return undefined;
      ({ page, number: reached, at } = placeOf(page.next));
    }
    for (; reached < number; reached++) at = packetIn(page.memory, at).end;
    return (kept.place = { page, number, at });
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
    // Mostly nothing new is acknowledged.
    if (this.#acked > this.#released && this.#kept !== undefined) this.#forget(this.#kept, unsentFrom);
  }

  #forget(kept: Kept, unsentFrom: number): void {
    const end = Math.min(this.#acked, unsentFrom - 1);
    let { first } = kept;
    while (first !== undefined && this.#released < end) {
      const packet = first.end <= end + 1 ? undefined : packetIn(first.memory, first.at);
      const cost = packet === undefined ? first.cost : packet.end - packet.start + OBJECT_COST;
      const count = packet === undefined ? first.end - first.from : 1;
      this.#released += count;
      kept.count -= count;
      kept.cost -= cost;
      if (packet === undefined) {
        const { next }: Page = first;
        // What has grown old would make what follows it grow old as well, to the garbage collector.
        first.next = undefined;
        first = next;
        kept.place = undefined;
        continue;
      }
      first.from++;
      first.cost -= cost;
      first.at = packet.end;
    }
    kept.first = first;
    if (first === undefined) this.#shrink(kept);
    if (kept.count === 0) this.#kept = undefined;
  }

  /** Nothing is kept any more: the next page need not be larger than what was. */
  #shrink(kept: Kept): void {
    const { last } = kept;
    if (last !== undefined && last.until < last.memory.length / 2) this.#pageBytes >>= 1;
    kept.last = undefined;
  }

  /** Forgets everything, because the session is over. */
  clear(): void {
    this.#released = this.last;
    this.#kept = undefined;
  }
}

function nothingKept(): Kept {
  return { count: 0, cost: 0, first: undefined, last: undefined, newCost: 0, place: undefined };
}

/** Another page behind the last one; `from` is its number if it is the first. */
function append(kept: Kept, memory: Uint8Array, isAlone: boolean, from: number): Page {
  const { last } = kept;
  const start = last?.end ?? from;
  const page: Page = { memory, isAlone, from: start, at: 0, end: start, until: 0, cost: 0, next: undefined };
  if (last === undefined) kept.first = page;
  else last.next = page;
  kept.last = page;
  return page;
}

function placeOf(page: Page): Place {
  return { page, number: page.from, at: page.at };
}
