// What was numbered and is not yet acknowledged, kept for replay (wire/session-v1 §1, §2) as it is sent over a WebSocket: a
// packet, or several in a pack. Bounded: whoever numbers asks for room first. Does not know time or transports.

import { OBJECT_COST } from "../base/limits.ts";
import { PACK_START, packetIn, restOfPack } from "./pack.ts";

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

interface KeptMessage extends Message {
  readonly isPack: boolean;
  /** The number of the oldest packet in it that is kept, and where that one is. */
  from: number;
  at: number;
  /** What is charged for what of it is kept. */
  cost: number;
  next: KeptMessage | undefined;
}

interface Kept {
  count: number;
  cost: number;
  first: KeptMessage | undefined;
  last: KeptMessage | undefined;
  /** What is charged for the packets whose message is still to come. */
  newCost: number;
  /** Where a packet was looked for last: those wanted next lie behind it. */
  place: Place | undefined;
}

interface Place {
  readonly message: KeptMessage;
  readonly number: number;
  readonly at: number;
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

  /** Keeps the message in which all packets are that were given a number since the last one, in their order. */
  keep(bytes: Uint8Array): void {
    const kept = this.#kept;
    // The session may have ended meanwhile.
    if (kept === undefined) return;
    const { last, newCost: cost } = kept;
    const from = last?.end ?? this.#released + 1;
    const end = this.last + 1;
    const isPack = end - from > 1;
    const message = { bytes, isPack, from, end, at: isPack ? PACK_START : 0, cost, next: undefined };
    if (last === undefined) kept.first = message;
    else last.next = message;
    kept.last = message;
    kept.newCost = 0;
  }

  /** The message that begins with packet `number`, which may be the rest of the one kept; undefined: released, or never given. */
  message(number: number): Message | undefined {
    const last = this.#kept?.last;
    // Mostly it was kept just now.
    if (last?.from === number && isWhole(last, last.at)) return last;
    const place = this.#seek(number);
    if (place === undefined) return undefined;
    const { message, at } = place;
    return isWhole(message, at) ? message : { bytes: restOfPack(message.bytes, at), end: message.end };
  }

  /** The packet of number `number`; undefined: released, or never given. */
  get(number: number): Uint8Array | undefined {
    const place = this.#seek(number);
    if (place === undefined) return undefined;
    const { bytes, isPack } = place.message;
    if (!isPack) return bytes;
    const { start, end } = packetIn(bytes, place.at);
    return bytes.subarray(start, end);
  }

  #seek(number: number): Place | undefined {
    const kept = this.#kept;
    // What has its number may be still to come.
    if (kept?.first === undefined || number <= this.#released || number >= (kept.last?.end ?? 0)) return undefined;
    const { place } = kept;
    const isBehind = place !== undefined && place.number > this.#released && place.number <= number;
    let { message, number: reached, at } = isBehind ? place : placeOf(kept.first);
    while (message.end <= number) {
      if (message.next === undefined) return undefined;
      ({ message, number: reached, at } = placeOf(message.next));
    }
    for (; reached < number; reached++) at = packetIn(message.bytes, at).end;
    return (kept.place = { message, number, at });
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
    let { first } = kept;
    while (first !== undefined && this.#released < end) {
      const packet = first.end <= end + 1 ? undefined : packetIn(first.bytes, first.at);
      const cost = packet === undefined ? first.cost : packet.end - packet.start + OBJECT_COST;
      const count = packet === undefined ? first.end - first.from : 1;
      this.#released += count;
      kept.count -= count;
      kept.cost -= cost;
      if (packet === undefined) {
        const { next }: KeptMessage = first;
        // What has grown old would make what follows it grow old as well, to the garbage collector.
        first.next = undefined;
        first = next;
        continue;
      }
      first.from++;
      first.cost -= cost;
      first.at = packet.end;
    }
    kept.first = first;
    if (first === undefined) kept.last = undefined;
    if (kept.count === 0) this.#kept = undefined;
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

/** Whether all that it was sent as lies from `at` on. */
function isWhole({ isPack }: KeptMessage, at: number): boolean {
  return !isPack || at === PACK_START;
}

function placeOf(message: KeptMessage): Place {
  return { message, number: message.from, at: message.at };
}
