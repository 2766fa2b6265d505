// What a peer answers at once (wire/session-v1 §2, §3): how long that takes is the way to it and back.

import type { Packet } from "./packet.ts";
import * as PacketType from "./packet-type.ts";
import type { ControlPacket } from "./packet-encoder.ts";

/** What the peer was asked, and when. */
export interface Question {
  readonly at: number;
  /** The type of the packet that answers it; undefined: none does at once. */
  readonly answer: number | undefined;
  /** And its token, if it has one: an older PING may be answered after a newer one was sent. */
  readonly token: number | undefined;
}

/** What comes at once upon what. */
const answers: Readonly<Record<number, number>> = {
  [PacketType.welcome]: PacketType.ack,
  [PacketType.resumed]: PacketType.ack,
  [PacketType.ping]: PacketType.pong,
};

/** What `packet` asks, sent at the time `at`. */
export function questionOf(packet: ControlPacket, at: number): Question {
  return { at, answer: answers[packet.type], token: packet.type === PacketType.ping ? packet.token : undefined };
}

export function isAnswer({ answer, token }: Question, packet: Packet): boolean {
  return packet.type === answer && (packet.type !== PacketType.pong || packet.token === token);
}
