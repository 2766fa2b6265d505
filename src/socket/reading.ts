// Whether one connection is being read, and why not: each reason stops it, and it goes on when the last is gone. Stops the
// machine before its next frame, and the pipe unless the reason ends before the event loop could bring more bytes.

import type { Connection } from "../protocol/connection.ts";
import type { Pipe } from "./pipe.ts";

/** Why a connection is not being read, one bit each. */
export const Hold = {
  /** The handler is behind. */
  inbox: 1,
  /** Replies wait for a peer that does not read them. */
  output: 2,
  /** The application asked for it. */
  owner: 4,
  /** The memory of all connections is nearly used up. */
  budget: 8,
  /** A microtask checkpoint between two events. */
  checkpoint: 16,
  /** Others should have a turn. */
  turn: 32,
  /** Messages came too fast. */
  rate: 64,
} as const;
export type Hold = (typeof Hold)[keyof typeof Hold];

/** The reasons that are about messages: none is left once we close and nothing more is delivered. */
export const MESSAGE_HOLDS: number = Hold.inbox | Hold.output | Hold.owner | Hold.budget | Hold.rate;

export class Reading {
  readonly #pipe: Pipe;
  readonly #connection: Connection;
  #holds = 0;
  #pipePaused = false;
  #endWaits = false;
  /** Input is being worked through right now: whoever does it flushes at its end. */
  active = false;

  constructor(pipe: Pipe, connection: Connection) {
    this.#pipe = pipe;
    this.#connection = connection;
  }

  /** Whether any reason stops it. */
  get stopped(): boolean {
    return this.#holds !== 0;
  }

  isHeldBy(reason: Hold): boolean {
    return (this.#holds & reason) !== 0;
  }

  /** The peer's end came. True if it has to wait for what came before it and is held back: see `endIsDue`. */
  waitsWithEnd(): boolean {
    this.#endWaits = this.stopped;
    return this.#endWaits;
  }

  /** Whether the end that had to wait may be told: everything before it was worked through. */
  get endIsDue(): boolean {
    return this.#endWaits && !this.stopped;
  }

  stop(reason: Hold): void {
    if (this.#holds === 0) this.#connection.hold();
    this.#holds |= reason;
    if (this.#pipePaused || reason === Hold.checkpoint) return;
    this.#pipePaused = true;
    this.#pipe.pause();
  }

  /** Takes reasons away. True when the pipe, which was paused, flows again. */
  go(reasons: number, now: number): boolean {
    const before = this.#holds;
    this.#holds &= ~reasons;
    if (before === 0 || this.#holds !== 0) return false;
    const outer = this.active;
    this.active = true;
    this.#connection.release(now);
    this.active = outer;
    if (this.#holds !== 0 || !this.#pipePaused) return false;
    this.#pipePaused = false;
    this.#pipe.resume();
    return true;
  }
}
