// The packets of wire/session-v1 §2 as values: their types, fields and limits. Encoding and decoding are packet-encoder's
// and packet-decoder's; which packet may come when is the sessions' own affair.

import * as GoneReason from "./gone-reason.ts";
import * as PacketType from "./packet-type.ts";

export { GoneReason, PacketType };

/** The version of the wire that this code speaks. */
export const WIRE_VERSION = 1;

/** The subprotocol of a WebSocket that carries a session (§4.1). */
export const LINE_PROTOCOL = "longwire.1";

/** Below which the transports are, unless somebody says otherwise (§4). */
export const LINE_PATH = "/longwire";

/** The largest HELLO, RESUME and AUTH. */
export const MAX_OPENING_BYTES: number = 9 * 1024;
export const MAX_TOKEN_BYTES: number = 8 * 1024;
export const MAX_TICKET_BYTES = 64;
export const NAME_BYTES = 16;
export const MAX_REASON_BYTES = 123;

export interface DataPacket {
  readonly type: typeof PacketType.data;
  /** A view of the packet's bytes. */
  readonly envelope: Uint8Array;
}

export interface AckPacket {
  readonly type: typeof PacketType.ack;
  readonly received: number;
}

export interface PingPacket {
  readonly type: typeof PacketType.ping | typeof PacketType.pong;
  readonly token: number;
}

export interface AtPacket {
  readonly type: typeof PacketType.at;
  readonly next: number;
}

export interface GreetPacket {
  readonly type: typeof PacketType.greet;
  readonly lowest: number;
  readonly highest: number;
}

export interface HelloPacket {
  readonly type: typeof PacketType.hello;
  readonly version: number;
  readonly credit: number;
  readonly maxMessageBytes: number;
  readonly token: Uint8Array;
}

export interface WelcomePacket {
  readonly type: typeof PacketType.welcome;
  readonly version: number;
  readonly name: Uint8Array;
  readonly ticket: Uint8Array;
  readonly credit: number;
  readonly maxMessageBytes: number;
  readonly maxChannels: number;
  readonly retainBytes: number;
  readonly windowSeconds: number;
  readonly heartbeatSeconds: number;
  /** 0: never. */
  readonly expiresSeconds: number;
}

export interface ResumePacket {
  readonly type: typeof PacketType.resume;
  readonly version: number;
  readonly ticket: Uint8Array;
  readonly attempt: number;
  readonly received: number;
  readonly token: Uint8Array;
}

export interface ResumedPacket {
  readonly type: typeof PacketType.resumed;
  readonly ticket: Uint8Array;
  readonly received: number;
  readonly from: number;
  readonly expiresSeconds: number;
}

export interface GonePacket {
  readonly type: typeof PacketType.gone;
  readonly reason: number;
  readonly retryAfterMs: number;
}

export interface AuthPacket {
  readonly type: typeof PacketType.auth;
  readonly id: number;
  readonly token: Uint8Array;
}

export interface AuthedPacket {
  readonly type: typeof PacketType.authed;
  readonly id: number;
  /** 0, 4401 or 4403. */
  readonly status: number;
  readonly expiresSeconds: number;
}

export interface GoAwayPacket {
  readonly type: typeof PacketType.goAway;
  /** 1: the session ends with this node; otherwise only the transport does. */
  readonly flags: number;
  readonly deadlineMs: number;
  readonly spreadMs: number;
}

export interface ByePacket {
  readonly type: typeof PacketType.bye;
  readonly code: number;
  readonly reason: string;
}

export type Packet =
  | DataPacket
  | AckPacket
  | PingPacket
  | AtPacket
  | GreetPacket
  | HelloPacket
  | WelcomePacket
  | ResumePacket
  | ResumedPacket
  | GonePacket
  | AuthPacket
  | AuthedPacket
  | GoAwayPacket
  | ByePacket;
