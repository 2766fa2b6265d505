// Several packets as one WebSocket message (wire/session-v1 §2, "Framing"): the type PACK, then what a body of HTTP would hold,
// each packet with its length before it. What one turn has brought about, or one read, costs one frame instead of many. It is
// whole or it is nothing: messages are never cut. Knows nothing of what packets mean, but how DATA begins.

import { allocateSmall, copyBytes } from "../base/bytes.ts";
import { writeSized, writeVarint } from "../base/cursor.ts";
import { ENVELOPE_ROOM, type EnvelopePlace, MAX_PACKET_BYTES, SHORT_ENVELOPE_BYTES } from "../base/session.ts";
import * as PacketType from "./packet-type.ts";

/** A larger packet goes alone: company would only copy its bytes once more. */
export const MOST_IN_PACK: number = ENVELOPE_ROOM + SHORT_ENVELOPE_BYTES;
/** A pack that has so much is sent: with one more it is still shorter than a packet may be. */
export const PACK_BYTES: number = 8 * 1024;

/** A length takes two bytes at most. */
const LENGTH_BYTES = 2;
/** What a packet needs whose length is not known before it is written. */
const SHORT_LENGTH_BYTES = 1;
const SHORT_LENGTH = 0x7f;

/** Where the first packet of a pack has its length. */
export const PACK_START = 1;

/** Whoever numbers what is written. */
export interface PackOwner {
  /** Another packet was written, of so many bytes. */
  give(bytes: number): void;
}

/** Writes small packets one behind another, so that nothing is made for each: together they are one message. */
export class PackWriter implements EnvelopePlace {
  /** Whose packets they are. */
  owner: PackOwner | undefined;
  readonly memory: Uint8Array = new Uint8Array(PACK_START + PACK_BYTES + LENGTH_BYTES + MOST_IN_PACK);
  #end = PACK_START;
  #count = 0;

  constructor() {
    this.memory[0] = PacketType.pack;
  }

  /** How many packets it holds. */
  get count(): number {
    return this.#count;
  }

  /** What they take in a pack. */
  get bytes(): number {
    return this.#end - PACK_START;
  }

  /** Where the envelope of the next packet may be written, if it is short. */
  get at(): number {
    return this.#end + SHORT_LENGTH_BYTES + ENVELOPE_ROOM;
  }

  /** An envelope of so many bytes was written there. */
  add(envelopeBytes: number): void {
    const { memory } = this;
    const length = ENVELOPE_ROOM + envelopeBytes;
    const start = this.#end + SHORT_LENGTH_BYTES;
    memory[start] = PacketType.data;
    if (length > SHORT_LENGTH) memory.copyWithin(this.#end + LENGTH_BYTES, start, start + length);
    this.#end = writeVarint(memory, this.#end, length) + length;
    this.#count++;
    this.owner?.give(length);
  }

  /** Takes a packet that stands elsewhere. */
  copy(packet: Uint8Array): void {
    this.#end = writeSized(this.memory, this.#end, packet);
    this.#count++;
    this.owner?.give(packet.length);
  }

  /** Where the last packet ends. The first one stands, with its length, at PACK_START. */
  get end(): number {
    return this.#end;
  }

  /** Where the message begins that ends there: the packet that is alone, or the pack. */
  get start(): number {
    return this.#count > 1 ? 0 : packetIn(this.memory, PACK_START).start;
  }

  /** It is empty again. */
  clear(): void {
    this.#end = PACK_START;
    this.#count = 0;
  }
}

/** From where to where the packet goes whose length stands at `at`, of a pack that was made here. */
export function packetIn(pack: Uint8Array, at: number): { readonly start: number; readonly end: number } {
  let start = at + 1;
  let length = pack[at] as number;
  if (length > SHORT_LENGTH) length += ((pack[start++] as number) - 1) * 0x80;
  return { start, end: start + length };
}

/** The packets that stand in `memory` from `at` to `until`, each behind its length, as one message: the one that is alone, or a pack. */
export function messageOf(memory: Uint8Array, at: number, until: number): Uint8Array {
  const { start, end } = packetIn(memory, at);
  if (end === until) return memory.subarray(start, end);
  const pack = allocateSmall(PACK_START + until - at);
  pack[0] = PacketType.pack;
  copyBytes(memory, at, until, pack, PACK_START);
  return pack;
}

/** The packets of one WebSocket message, views of it: one, or those of a pack. Undefined: a pack that is none. */
export function packetsOf(message: Uint8Array): readonly Uint8Array[] | undefined {
  if (message[0] !== PacketType.pack) return [message];
  const packets: Uint8Array[] = [];
  const isPack = readPack(message, 0, message.length, (start, end) => packets.push(message.subarray(start, end)) > 0);
  return isPack ? packets : undefined;
}

/**
 * Gives `take` each packet of the pack that stands in `bytes` from `begin` to `end`, where it begins and ends, until that wants no
 * more. False: this is no pack.
 */
export function readPack(
  bytes: Uint8Array,
  begin: number,
  end: number,
  take: (start: number, end: number) => boolean,
): boolean {
  if (end - begin > MAX_PACKET_BYTES) return false;
  let start = begin + PACK_START;
  for (let next = start; start < end; start = next) {
    let length = bytes[start++] as number;
    if (length >= 0x80) {
      // A varint as Cursor reads it, but without one, as every message comes this way: the second byte of two is the last, and
      // adds something.
      const high = start < end ? (bytes[start++] as number) : 0;
      if (high === 0 || high >= 0x80) return false;
      length += (high - 1) * 0x80;
    }
    next = start + length;
    if (length === 0 || next > end) return false;
    if (!take(start, next)) return true;
  }
  return end > begin + PACK_START;
}
