// Packets as bytes (wire/session-v1 §2). One table says which fields a type has and in which order; DATA is not in it,
// because its envelope leaves room for the one byte before it. Trusts its caller about limits; the decoder of the peer does not.

import { varintBytes, writeVarint } from "../base/cursor.ts";
import { platform } from "../base/platform.ts";
import type { DataPacket, Packet } from "./packet.ts";
import * as PacketType from "./packet-type.ts";

/** After GREET's type: what no other protocol's first bytes are likely to be. */
export const GREET_MARK: Uint8Array = Uint8Array.of(0x4c, 0x57);

/** A number is a varint; bytes and text come with their length before them; `raw` without. */
type Field = number | Uint8Array | string | { readonly raw: Uint8Array };

/** Every packet but DATA. */
export type ControlPacket = Exclude<Packet, DataPacket>;

function fieldsOf(packet: ControlPacket): readonly Field[] {
  switch (packet.type) {
    case PacketType.ack:
      return [packet.received];
    case PacketType.ping:
    case PacketType.pong:
      return [packet.token];
    case PacketType.at:
      return [packet.next];
    case PacketType.greet:
      return [{ raw: GREET_MARK }, packet.lowest, packet.highest];
    case PacketType.hello:
      return [packet.version, packet.credit, packet.maxMessageBytes, packet.token];
    case PacketType.welcome:
      return [
        packet.version,
        packet.name,
        packet.ticket,
        packet.credit,
        packet.maxMessageBytes,
        packet.maxChannels,
        packet.retainBytes,
        packet.windowSeconds,
        packet.heartbeatSeconds,
        packet.expiresSeconds,
      ];
    case PacketType.resume:
      return [packet.version, packet.ticket, packet.attempt, packet.received, packet.token];
    case PacketType.resumed:
      return [packet.ticket, packet.received, packet.from, packet.expiresSeconds];
    case PacketType.gone:
      return [packet.reason, packet.retryAfterMs];
    case PacketType.auth:
      return [packet.id, packet.token];
    case PacketType.authed:
      return [packet.id, packet.status, packet.expiresSeconds];
    case PacketType.goAway:
      return [packet.flags, packet.deadlineMs, packet.spreadMs];
    case PacketType.bye:
      return [packet.code, packet.reason];
  }
}

/** The bytes of `packet`. */
export function encodePacket(packet: ControlPacket): Uint8Array {
  const fields = fieldsOf(packet);
  const bytes = new Uint8Array(fields.reduce<number>((sum, field) => sum + fieldBytes(field), 1));
  bytes[0] = packet.type;
  let at = 1;
  for (const field of fields) {
    if (typeof field === "number") {
      at = writeVarint(bytes, at, field);
    } else if (typeof field === "string") {
      at = writeVarint(bytes, at, platform.utf8Length(field));
      at += platform.encodeUtf8Into(field, bytes, at);
    } else {
      const raw = "raw" in field ? field.raw : field;
      if (raw === field) at = writeVarint(bytes, at, raw.length);
      bytes.set(raw, at);
      at += raw.length;
    }
  }
  return bytes;
}

function fieldBytes(field: Field): number {
  if (typeof field === "number") return varintBytes(field);
  if (typeof field === "object" && "raw" in field) return field.raw.length;
  const length = typeof field === "string" ? platform.utf8Length(field) : field.length;
  return varintBytes(length) + length;
}
