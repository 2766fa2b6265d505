// Bytes as packets (wire/session-v1 §2), with the rules that let later versions append: bytes after the last known field are
// ignored, types 40 to 7F are skipped when unknown. Every length has its limit (V-21). Total: whatever the bytes, the answer
// is a packet, a violation or nothing, never a throw.

import { Cursor } from "../base/cursor.ts";
import type { Violation } from "../base/errors.ts";
import { MAX_PACKET_BYTES } from "../base/session.ts";
import {
  MAX_OPENING_BYTES,
  MAX_REASON_BYTES,
  MAX_TICKET_BYTES,
  MAX_TOKEN_BYTES,
  NAME_BYTES,
  type Packet,
} from "./packet.ts";
import * as PacketType from "./packet-type.ts";
import { GREET_MARK } from "./packet-encoder.ts";
import * as violations from "./violations.ts";

/** The packet in `bytes`; "unknown" for one that is to be skipped. Views in it are valid as long as `bytes` are. */
export function decodePacket(bytes: Uint8Array): Packet | "unknown" | Violation {
  if (bytes.length > MAX_PACKET_BYTES) return violations.packetTooLong;
  const type = bytes[0];
  if (type === undefined) return violations.packetMalformed;
  if (type === PacketType.data) return { type, envelope: bytes.subarray(1) };
  const isOpening = type === PacketType.hello || type === PacketType.resume || type === PacketType.auth;
  if (isOpening && bytes.length > MAX_OPENING_BYTES) return violations.packetTooLong;
  const cursor = new Cursor(bytes, 1);
  const packet = readFields(type, cursor);
  if (packet === undefined) return type >= 0x40 && type <= 0x7f ? "unknown" : violations.packetUnknown;
  return cursor.fault ? violations.packetMalformed : packet;
}

/** The packet of `type`, or undefined for a type this version does not know. A fault shows in the cursor. */
function readFields(type: number, cursor: Cursor): Packet | "unknown" | Violation | undefined {
  switch (type) {
    case PacketType.ack:
      return { type, received: cursor.varint() };
    case PacketType.ping:
    case PacketType.pong:
      return { type, token: cursor.varint() };
    case PacketType.at: {
      const next = cursor.varint();
      return next === 0 ? violations.packetMalformed : { type, next };
    }
    case PacketType.greet: {
      const mark = cursor.take(GREET_MARK.length);
      const isOurs = mark[0] === GREET_MARK[0] && mark[1] === GREET_MARK[1];
      const packet = { type, lowest: cursor.varint(), highest: cursor.varint() } as const;
      return isOurs && packet.lowest <= packet.highest ? packet : violations.packetMalformed;
    }
    case PacketType.hello:
      return {
        type,
        version: cursor.varint(),
        credit: cursor.varint(),
        maxMessageBytes: cursor.varint(),
        token: cursor.bytes(MAX_TOKEN_BYTES),
      };
    case PacketType.welcome: {
      const version = cursor.varint();
      const name = cursor.bytes(NAME_BYTES);
      if (!cursor.fault && name.length !== NAME_BYTES) return violations.packetMalformed;
      return {
        type,
        version,
        name,
        ticket: cursor.bytes(MAX_TICKET_BYTES),
        credit: cursor.varint(),
        maxMessageBytes: cursor.varint(),
        maxChannels: cursor.varint(),
        retainBytes: cursor.varint(),
        windowSeconds: cursor.varint(),
        heartbeatSeconds: cursor.varint(),
        expiresSeconds: cursor.varint(),
      };
    }
    case PacketType.resume:
      return {
        type,
        version: cursor.varint(),
        ticket: cursor.bytes(MAX_TICKET_BYTES),
        attempt: cursor.varint(),
        received: cursor.varint(),
        token: cursor.bytes(MAX_TOKEN_BYTES),
      };
    case PacketType.resumed:
      return {
        type,
        ticket: cursor.bytes(MAX_TICKET_BYTES),
        received: cursor.varint(),
        from: cursor.varint(),
        expiresSeconds: cursor.varint(),
      };
    case PacketType.gone:
      return { type, reason: cursor.varint(), retryAfterMs: cursor.varint() };
    case PacketType.auth:
      return { type, id: cursor.varint(), token: cursor.bytes(MAX_TOKEN_BYTES) };
    case PacketType.authed:
      return { type, id: cursor.varint(), status: cursor.varint(), expiresSeconds: cursor.varint() };
    case PacketType.goAway:
      return { type, flags: cursor.varint(), deadlineMs: cursor.varint(), spreadMs: cursor.varint() };
    case PacketType.bye:
      return { type, code: cursor.varint(), reason: cursor.text(MAX_REASON_BYTES) };
    default:
      return undefined;
  }
}

/** Whether what a decoder gave is a violation. */
export function isViolation(value: object | string | undefined): value is Violation {
  return typeof value === "object" && "closeCode" in value;
}
