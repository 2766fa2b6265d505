// What a connection machine tells whoever drives it: an interface and nothing else.

import type { Violation } from "../base/errors.ts";

/** What a connection tells whoever drives it. Calls may call back into the connection. */
export interface ConnectionSink {
  /** A whole message. Bytes belong to the receiver, unless they are lent. */
  receiveMessage(data: string | Uint8Array): void;
  /** A ping, already answered. */
  receivePing(payload: Uint8Array): void;
  receivePong(payload: Uint8Array): void;
  /** The peer's Close, already answered if ours had not been sent. 1005 when it carried no code. At most once. */
  receiveClose(code: number, reason: string): void;
  /** The peer broke a rule; our Close with its code is written, later input is thrown away. At most once. */
  fail(violation: Violation): void;
  /** A deadline passed or too much came after the end: drop the transport now. */
  drop(): void;
  /** So many frames came at once that others should have a turn: call release() in the next one. */
  yieldTurn(): void;
}
