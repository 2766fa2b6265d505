// What a WHATWG surface sits on, and what it promises in return. The engine's driver is a Carrier now, a channel of a
// session later; so a surface knows nothing of frames, sockets or time. Types only: nothing here runs.

import type { LongwireError } from "./errors.ts";

/**
 * What became of a send. `accepted`: within the socket's bound. `queued`: the peer reads slowly, wait for `drained()`
 * before sending more. `dropped`: closing or closed, nothing was sent.
 */
export type Pressure = "accepted" | "queued" | "dropped";

/** How a connection ended. */
export interface CloseOutcome {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
  /** The exact reason when something went wrong; undefined after an ordinary close. */
  readonly cause: LongwireError | undefined;
}

/**
 * What the owner wants before its next message. undefined: go on at once. `checkpoint`: an event was dispatched, run a
 * microtask checkpoint first. A promise: hold the next message back until it settles.
 */
export type Delivery = undefined | "checkpoint" | PromiseLike<unknown>;

/** One open connection, as its owner uses it. */
export interface Carrier {
  readonly protocol: string;
  readonly extensions: string;
  /** Payload bytes sent and not yet on their way. */
  readonly bufferedBytes: number;
  /** Sends one message. Bytes are copied before it returns. */
  send(data: string | Uint8Array): Pressure;
  /** False when closing: nothing was sent. */
  ping(payload?: Uint8Array): boolean;
  /** Starts the closing handshake. The arguments were validated before. */
  close(code?: number, reason?: string): void;
  /** Drops the transport without a closing handshake: 1006. Without a cause the outcome has none either: nothing failed. */
  terminate(cause?: LongwireError): void;
  pause(): void;
  resume(): void;
  readonly paused: boolean;
  /** Resolves when nothing waits here, or the carrier has closed. */
  drained(): Promise<void>;
}

/** A carrier of a server, which publications are sent on as they were built, once for all. */
export interface FrameCarrier extends Carrier {
  /** Sends one prebuilt unmasked frame, shared and never written to. */
  sendFrame(frame: Uint8Array): Pressure;
}

/** Whoever is done with a binary message when it has been given it. */
export interface Borrower {
  /**
   * One binary message, in `bytes` from `start` to `end`: valid during the call only. `now`: when it was read, by the carrier's clock, if
   * that is known.
   */
  receiveLent(bytes: Uint8Array, start: number, end: number, now?: number): void;
}

/** A carrier whose owner need not keep what it is given. */
export interface LendingCarrier extends FrameCarrier {
  /** Sends one binary message that stands in `bytes` from `start` to `end`: a view of it costs more than it. Copied before it returns. */
  sendBytes(bytes: Uint8Array, start: number, end: number): Pressure;
  /** From now on binary messages may be lent to `borrower` instead of given: for owners that hold no message back. */
  lend(borrower: Borrower): void;
}

/** Whoever receives what a Carrier carries. Calls come in this order; none after `receiveClosed`. */
export interface CarrierOwner {
  /** Bytes belong to the receiver. */
  receiveMessage(data: string | Uint8Array): Delivery;
  /** The ping has been answered already. */
  receivePing(payload: Uint8Array): void;
  receivePong(payload: Uint8Array): void;
  /** The closing handshake began, by either side. */
  receiveClosing(): void;
  /** Exactly once, last. */
  receiveClosed(outcome: CloseOutcome): void;
}
