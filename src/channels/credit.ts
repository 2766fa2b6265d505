// How much may be sent on one channel, from both ends (wire/channels-v1 §5.2). A slice costs its bytes and 128: many tiny
// messages are memory, too. The sender waits for what is worth sending, never for a full slice; the receiver grants when a
// quarter of the window has been consumed. Knows no messages: what counts as consumed is incoming's affair.

import { OBJECT_COST } from "../base/limits.ts";
import type { Violation } from "../base/errors.ts";
import { MAX_SLICE_BYTES } from "./envelope.ts";
import * as violations from "./violations.ts";

/** A slice of less is worth sending only if it ends its message. */
const LEAST_SLICE_BYTES = 1024;
/** What is granted again at once, so that on a long way most of the window is spent while the next grant comes. */
const GRANTED_PART = 1 / 4;
/** Credit that was granted and not spent can not pass this. */
const MAX_CREDIT = 2 ** 31;

export const START_WINDOW: number = 64 * 1024;
export const SMALL_WINDOW: number = 16 * 1024;
export const MAX_WINDOW: number = 256 * 1024;

/** What a slice of `bytes` bytes costs. */
export function sliceCost(bytes: number): number {
  return bytes + OBJECT_COST;
}

/** What the peer has granted and we have not spent. */
export class SendCredit {
  #available = 0;

  get available(): number {
    return this.#available;
  }

  /** The first credit, which may be 0. */
  begin(credit: number): Violation | undefined {
    if (credit > MAX_CREDIT) return violations.creditInvalid;
    this.#available = credit;
    return undefined;
  }

  grant(credit: number): Violation | undefined {
    if (credit === 0 || this.#available + credit > MAX_CREDIT) return violations.creditInvalid;
    this.#available += credit;
    return undefined;
  }

  /** How many bytes the next slice of a message may hold, of which `rest` bytes are left; -1: wait for credit. */
  sliceBytes(rest: number): number {
    if (this.#available < sliceCost(Math.min(rest, LEAST_SLICE_BYTES))) return -1;
    return Math.min(rest, MAX_SLICE_BYTES, this.#available - OBJECT_COST);
  }

  spend(cost: number): void {
    this.#available -= cost;
  }
}

/** What we have granted to the peer: unspent, or spent and not consumed. */
export class ReceiveWindow {
  #size: number;
  #unspent: number;
  #unconsumed = 0;

  /** The first credit is all of the window. */
  constructor(size: number) {
    this.#size = size;
    this.#unspent = size;
  }

  get windowBytes(): number {
    return this.#size;
  }

  /** Another size, from the next grant on: what was granted stays granted. */
  set windowBytes(value: number) {
    this.#size = value;
  }

  get unspent(): number {
    return this.#unspent;
  }

  get unconsumed(): number {
    return this.#unconsumed;
  }

  /** Whether the peer has spent enough for a grant: what has arrived and is not consumed holds it up, or soon will. */
  get isNarrow(): boolean {
    return this.#size - this.#unspent >= this.#size * GRANTED_PART;
  }

  /** The peer has spent `cost`. False: it was not granted. */
  spend(cost: number): boolean {
    if (cost > this.#unspent) return false;
    this.#unspent -= cost;
    this.#unconsumed += cost;
    return true;
  }

  /** What has cost so much is consumed. */
  free(cost: number): void {
    this.#unconsumed -= cost;
  }

  /** Whether a grant is due. */
  get isCreditDue(): boolean {
    return this.room >= this.#size * GRANTED_PART;
  }

  /** Grants all there is room for. */
  grant(): number {
    const credit = this.room;
    this.#unspent += credit;
    return credit;
  }

  /** What a grant would be. */
  get room(): number {
    return this.#size - this.#unspent - this.#unconsumed;
  }
}

/** The windows of all channels of a session, beside the credit they share (RELIABILITY P-123). */
export class Windows {
  readonly #credit: number;
  #total = 0;
  /** What has arrived in all of them and was not consumed; counted by whoever receives. */
  unconsumed = 0;

  constructor(credit: number) {
    this.#credit = credit;
  }

  get total(): number {
    return this.#total;
  }

  /** The size of the window for another channel. */
  open(): number {
    const size = this.#total + START_WINDOW <= this.#credit ? START_WINDOW : SMALL_WINDOW;
    this.#total += size;
    return size;
  }

  close(size: number): void {
    this.#total -= size;
  }

  /** The size of a window about to grant: twice as large for a reader it slows down, smaller when all are too large. */
  adjust(size: number, isTooSmall: boolean): number {
    const excess = this.#total - this.#credit;
    let next = size;
    if (excess > 0) next = Math.max(Math.min(size, SMALL_WINDOW), size - excess);
    else if (isTooSmall) next = Math.min(size * 2, MAX_WINDOW, size - excess);
    this.#total += next - size;
    return next;
  }
}
