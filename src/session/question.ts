// What a peer answers at once (wire/session-v1 §2, §3): how long that takes is the way to it and back.

import * as PacketType from "./packet-type.ts";

/** What the peer answers at once, and when it was asked. */
export interface Question {
  readonly at: number;
  /** The type of the packet that answers it. */
  readonly answer: number | undefined;
  /** And its token, if it has one: an older PING may be answered after a newer one was sent. */
  readonly token: number | undefined;
}

/** What comes at once upon what. */
export const answers: Readonly<Record<number, number>> = {
  [PacketType.welcome]: PacketType.ack,
  [PacketType.resumed]: PacketType.ack,
  [PacketType.ping]: PacketType.pong,
};
