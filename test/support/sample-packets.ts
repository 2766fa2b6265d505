// One packet of each type but DATA, with the bytes that stand for it, and a source of arbitrary ones.
import { type Packet, PacketType } from "../../src/session/packet.ts";
import type { ControlPacket } from "../../src/session/packet-encoder.ts";
import { bytes, hex } from "./byte-builder.ts";
import type { SeededRandom } from "./seeded-random.ts";

const name = new Uint8Array(16).fill(0x11);
const ticket = hex("aa bb");

export const samplePackets: readonly { readonly packet: ControlPacket; readonly wire: Uint8Array }[] = [
  { packet: { type: PacketType.ack, received: 32 }, wire: hex("01 20") },
  { packet: { type: PacketType.ping, token: 300 }, wire: hex("02 ac 02") },
  { packet: { type: PacketType.pong, token: 0 }, wire: hex("03 00") },
  { packet: { type: PacketType.at, next: 8 }, wire: hex("04 08") },
  { packet: { type: PacketType.greet, lowest: 1, highest: 1 }, wire: hex("05 4c 57 01 01") },
  {
    packet: { type: PacketType.hello, version: 1, credit: 128, maxMessageBytes: 2, token: bytes("t") },
    wire: hex("06 01 80 01 02 01 74"),
  },
  {
    packet: {
      type: PacketType.welcome,
      version: 1,
      name,
      ticket,
      credit: 2,
      maxMessageBytes: 3,
      maxChannels: 4,
      retainBytes: 5,
      windowSeconds: 120,
      heartbeatSeconds: 20,
      expiresSeconds: 0,
    },
    wire: bytes(7, 1, 16, name, 2, ticket, 2, 3, 4, 5, 120, 20, 0),
  },
  {
    packet: { type: PacketType.resume, version: 1, ticket, attempt: 2, received: 7, token: bytes() },
    wire: bytes(8, 1, 2, ticket, 2, 7, 0),
  },
  {
    packet: { type: PacketType.resumed, ticket, received: 3, from: 8, expiresSeconds: 9 },
    wire: bytes(9, 2, ticket, 3, 8, 9),
  },
  { packet: { type: PacketType.gone, reason: 3, retryAfterMs: 1000 }, wire: hex("0a 03 e8 07") },
  { packet: { type: PacketType.auth, id: 1, token: bytes("t") }, wire: hex("0b 01 01 74") },
  { packet: { type: PacketType.authed, id: 1, status: 4403, expiresSeconds: 0 }, wire: hex("0c 01 b3 22 00") },
  { packet: { type: PacketType.goAway, flags: 1, deadlineMs: 2, spreadMs: 3 }, wire: hex("0d 01 02 03") },
  { packet: { type: PacketType.bye, code: 1000, reason: "é" }, wire: hex("0e e8 07 02 c3 a9") },
];

/** A lawful packet of any type but DATA, with fields of any size that it may have. */
export function arbitraryPacket(random: SeededRandom): ControlPacket {
  const { packet } = random.pick(samplePackets);
  const drawn = Object.entries(packet).map(([key, value]: [string, unknown]) => {
    if (key === "type" || key === "name") return [key, value];
    if (typeof value === "string") return [key, "é".repeat(random.between(0, 61))];
    if (typeof value === "number") return [key, Math.floor(2 ** (random.fraction() * 53))];
    return [key, random.bytes(random.between(0, key === "ticket" || random.chance(0.95) ? 64 : 8192))];
  });
  const made = Object.fromEntries(drawn) as Record<string, number> & Packet;
  if (made.type === PacketType.greet) return { ...made, highest: made.lowest + 1 };
  if (made.type === PacketType.at) return { ...made, next: made.next + 1 };
  return made as ControlPacket;
}
