// What a connection machine is given, and what it tells whoever drives it: interfaces and nothing else.

import type { Violation } from "../base/errors.ts";
import type { Limits } from "../base/limits.ts";
import type { Random } from "../base/random.ts";
import type { Side } from "./frame-check.ts";
import type { Output } from "./frame-encoder.ts";

/** What a Connection is made of. */
export interface ConnectionOptions {
  /** Which end it is: decides who masks (RFC 6455 §5.1). */
  readonly side: Side;
  /** Its bounds, from resolveLimits(). */
  readonly limits: Limits;
  /** Who is told what comes in. */
  readonly sink: ConnectionSink;
  /** Where frames are written. */
  readonly output: Output;
  /** Masking keys of a client; a server does not mask. */
  readonly random: Random;
  /** Accept lengths that are not in their shortest form. Default: false. */
  readonly lenientLength?: boolean;
}

/** What a connection tells whoever drives it. Calls may call back into the connection. */
export interface ConnectionSink {
  /** A whole message. Bytes belong to the receiver. */
  receiveMessage(data: string | Uint8Array): void;
  /** A ping, already answered. */
  receivePing(payload: Uint8Array): void;
  /** A pong, asked for or not. */
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
