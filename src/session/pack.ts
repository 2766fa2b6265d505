// Several packets as one WebSocket message (wire/session-v1 §2, "Framing"): the type PACK, then what a body of HTTP would hold,
// each packet with its length before it. What one turn has brought about, or one read, costs one frame instead of many. It is
// whole or it is nothing: messages are never cut. Knows nothing of what packets mean.

import { platform } from "../base/platform.ts";
import { MAX_PACKET_BYTES } from "./packet.ts";
import * as PacketType from "./packet-type.ts";

/** A larger packet goes alone: company would only copy its bytes once more. */
export const MOST_IN_PACK = 1024;
/** A pack that has so much is sent: with one more it is still shorter than a packet may be. */
export const PACK_BYTES: number = 8 * 1024;

/** Where packets are found by their numbers. */
export interface PacketShelf {
  get(number: number): Uint8Array | undefined;
}

/** So few bytes are sooner copied here than by the platform. */
const SHORT_BYTES = 48;

/** How many bytes `packet`, which is small, takes in a pack. */
export function packedBytes({ length }: Uint8Array): number {
  return length + (length < 0x80 ? 1 : 2);
}

/** The pack of the packets from number `from` on, below `end`, which `outbox` keeps: two or more small ones of `bytes`. */
export function joinPack(outbox: PacketShelf, from: number, end: number, bytes: number): Uint8Array {
  const pack = platform.allocateShared(1 + bytes);
  pack[0] = PacketType.pack;
  let at = 1;
  for (let number = from; number < end; number++) at = writePacket(pack, at, outbox.get(number) as Uint8Array);
  return pack;
}

function writePacket(pack: Uint8Array, start: number, packet: Uint8Array): number {
  const { length } = packet;
  let at = start;
  if (length >= 0x80) pack[at++] = (length & 0x7f) | 0x80;
  pack[at++] = length < 0x80 ? length : length >> 7;
  if (length > SHORT_BYTES) pack.set(packet, at);
  else for (let index = 0; index < length; index++) pack[at + index] = packet[index] as number;
  return at + length;
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
  for (let at = 1; at < pack.length;) {
    let length = pack[at++] as number;
    if (length >= 0x80) {
      const high = pack[at++] ?? 0;
      if (high === 0 || high >= 0x80) return false;
      length = (length & 0x7f) | (high << 7);
    }
    const end = at + length;
    if (length === 0 || end > pack.length) return false;
    if (!take(at, end)) return true;
    at = end;
  }
  return pack.length > 1;
}
