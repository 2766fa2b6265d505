// Several packets as one WebSocket message (wire/session-v1 §2, "Framing"): the type PACK, then what a body of HTTP would hold,
// each packet with its length before it. What one turn has brought about, or one read, costs one frame instead of many. It is
// whole or it is nothing: messages are never cut. Knows nothing of what packets mean.

import { Cursor, writeSized } from "../base/cursor.ts";
import { platform } from "../base/platform.ts";
import { MAX_PACKET_BYTES } from "../base/session.ts";
import * as PacketType from "./packet-type.ts";

/** A larger packet goes alone: company would only copy its bytes once more. */
export const MOST_IN_PACK = 1024;
/** A pack that has so much is sent: with one more it is still shorter than a packet may be. */
export const PACK_BYTES: number = 8 * 1024;

/** A length takes two bytes at most. */
const MOST_LENGTH = 0x3fff;

/** Where packets are found by their numbers. */
export interface PacketShelf {
  get(number: number): Uint8Array | undefined;
}

/** The pack of the packets from number `from` on, below `end`, which `outbox` keeps: two or more small ones of `bytes`. */
export function joinPack(outbox: PacketShelf, from: number, end: number, bytes: number): Uint8Array {
  const pack = platform.allocateShared(1 + bytes);
  pack[0] = PacketType.pack;
  let at = 1;
  for (let number = from; number < end; number++) at = writeSized(pack, at, outbox.get(number) as Uint8Array);
  return pack;
}

/** The packets of one WebSocket message, views of it: one, or those of a pack. Undefined: a pack that is none. */
export function packetsOf(message: Uint8Array): readonly Uint8Array[] | undefined {
  if (message[0] !== PacketType.pack) return [message];
  const packets: Uint8Array[] = [];
  const isPack = readPack(message, (start, end) => packets.push(message.subarray(start, end)) > 0);
  return isPack ? packets : undefined;
}

/** Gives `take` each packet of `pack`, where it begins and ends, until that wants no more. False: this is no pack. */
export function readPack(pack: Uint8Array, take: (start: number, end: number) => boolean): boolean {
  if (pack.length > MAX_PACKET_BYTES) return false;
  const cursor = new Cursor(pack, 1);
  while (!cursor.isAtEnd) {
    const length = cursor.varint();
    const start = cursor.at;
    if (length === 0 || length > MOST_LENGTH || !cursor.skip(length)) return false;
    if (!take(start, cursor.at)) return true;
  }
  return pack.length > 1;
}
