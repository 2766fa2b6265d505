// What a session and the floor above it know of each other: the session carries envelopes and never looks into one, its user
// (channels/) makes and reads them and never sees numbers, transports or tickets. Interfaces only.

import type { Violation } from "./errors.ts";

/** How a session ended. After it neither side of it exists any more. */
export interface SessionEnd {
  /** bye: the peer said so. gone: the server no longer has it. expired: time passed. local: this side ended it. */
  readonly by: "bye" | "gone" | "expired" | "local";
  /** A close code; for "gone" and "expired" the one of the verdict, 4403, 4409 or 4410. */
  readonly code: number;
  readonly reason: string;
  /** Of a client's "local" one: all that was pulled has left before the word of it. */
  readonly isWhole?: boolean;
}

/** The largest packet of any kind (wire/session-v1 §2): an envelope with a full slice, and the packet's own bytes. */
export const MAX_PACKET_BYTES: number = 16 * 1024 + 64;

/** So many bytes stand before an envelope that is pulled: the session writes there what makes it a packet. */
export const ENVELOPE_ROOM = 1;

/** An envelope of so many bytes may be written where the session wants it. */
export const SHORT_ENVELOPE_BYTES = 1024;

/**
 * An envelope that was pulled: how many bytes of it were written where the session wants them, or, behind ENVELOPE_ROOM bytes, memory
 * of its own, never written to again by whoever gave it; undefined: none is ready.
 */
export type Pulled = number | Uint8Array | undefined;

/** What a session carries. Every call is made in one turn with the act that caused it. */
export interface SessionUser {
  /**
   * The next envelope, which may be written into `target` from `at` on if it is short. Asked only when the outbox and a transport
   * have room for it, because from then on it has its number and is kept until acknowledged. `openOnly`: the session is not
   * welcomed yet, and only channel openings may go (wire/session-v1 §3.2).
   */
  pull(target: Uint8Array, at: number, openOnly: boolean): Pulled;
  /** Takes the envelope in `bytes`, from `start` to `end`, over: returning acknowledges it. Valid during the call only. */
  receive(bytes: Uint8Array, start: number, end: number): Violation | undefined;
  /**
   * What had come together was received, which may have been no envelope: what it has brought about may leave. `isAll`: false while
   * more of the same body may follow in this turn.
   */
  receiveRest(isAll: boolean): void;
  /** The session has a transport: for the first time, or again after `receiveDetached`. */
  receiveAttached(): void;
  /** The session has lost its transport. Nothing is lost; what is pulled waits. */
  receiveDetached(): void;
  /** The session is over: once, and last. */
  receiveEnded(end: SessionEnd): void;
}

/** Where short envelopes may be written that go next. */
export interface EnvelopePlace {
  readonly memory: Uint8Array;
  readonly at: number;
  /** An envelope of so many bytes, at most SHORT_ENVELOPE_BYTES, was written there. It has its number, and goes with the next `wake`. */
  add(bytes: number): void;
}

/** What the user of a session may ask of it. */
export interface Session {
  /** The user has something to pull. */
  wake(): void;
  /**
   * Where the user may write an envelope now instead of having it pulled: the outbox and the transport have room for it. Valid until
   * anything else is asked of the session. Undefined: it has to wait.
   */
  place(): EnvelopePlace | undefined;
  /** What the outbox keeps, charged as bytes and objects. */
  readonly retainedBytes: number;
  /** Ends the session on both sides. */
  bye(code: number, reason: string): void;
}
