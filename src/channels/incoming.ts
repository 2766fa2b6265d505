// The inward half of one channel's flow control: slices become messages, and what they cost is granted again when they are
// consumed (wire/channels-v1 §5.2). A message is consumed when its handler is done with it; slices of an unfinished one
// earlier, if the pools have room. Delivers nothing: the channel does.

import type { Violation } from "../base/errors.ts";
import { platform } from "../base/platform.ts";
import { Assembly } from "./assembly.ts";
import { ReceiveWindow, sliceCost, type Windows } from "./credit.ts";
import type { Claim, Claimant, Pools } from "./pools.ts";
import * as violations from "./violations.ts";

/** A message that has arrived whole and was not dispatched yet. */
export interface Message {
  readonly data: string | Uint8Array;
  /** What its slices cost that were not consumed early. */
  readonly cost: number;
  readonly claim: Claim | undefined;
}

interface Unfinished {
  readonly assembly: Assembly;
  readonly isText: boolean;
  readonly claim: Claim;
  /** Slices that were not consumed, oldest first. */
  readonly slices: number[];
}

/** What a session shares between its channels. */
export interface IncomingShares {
  readonly windows: Windows;
  readonly pools: Pools;
  readonly limits: { readonly maxMessageBytes: number };
  /** The round trip to the peer, 0 while unknown. */
  readonly roundTripMs: number;
}

/** The channel whose it is. */
export interface IncomingChannel {
  /** Slices were consumed because the pools have room again: credit may be due. */
  receiveConsumed(): void;
}

/** It is its own window: one object for each channel instead of two. */
export class Incoming extends ReceiveWindow implements Claimant {
  readonly #shares: IncomingShares;
  readonly #channel: IncomingChannel;
  #unfinished: Unfinished | undefined;
  #grantedAt: number | undefined;
  #isClosed = false;

  constructor(shares: IncomingShares, channel: IncomingChannel) {
    super(shares.windows.open());
    this.#shares = shares;
    this.#channel = channel;
  }

  /** One slice, in `bytes` from `start` to `end` and valid during the call only. Gives the message that it completes. */
  receive(
    bytes: Uint8Array,
    isFinal: boolean,
    isText: boolean,
    start = 0,
    end: number = bytes.length,
  ): Message | Violation | undefined {
    const size = end - start;
    const cost = sliceCost(size);
    if (!this.#spend(cost)) return violations.creditExceeded;
    const unfinished = this.#unfinished;
    if (unfinished !== undefined && unfinished.isText !== isText) return violations.envelopeUnexpected;
    const length = size + (unfinished?.assembly.length ?? 0);
    if (length > this.#shares.limits.maxMessageBytes) return violations.messageSize;
    if (!isFinal) {
      this.#append(bytes.subarray(start, end), isText);
      return undefined;
    }
    if (unfinished !== undefined) return this.#complete(unfinished, bytes.subarray(start, end));
    const data = isText ? platform.decodeText(bytes, start, end) : bytes.slice(start, end);
    if (data !== undefined) return { data, cost, claim: undefined };
    this.#free(cost);
    return violations.textInvalid;
  }

  #complete({ assembly, isText, slices, claim }: Unfinished, last: Uint8Array): Message | Violation {
    this.#unfinished = undefined;
    const whole = assembly.complete(last);
    const cost = slices.reduce((sum, slice) => sum + sliceCost(slice), sliceCost(last.length));
    if (isText && !platform.isUtf8(whole)) {
      this.consume({ data: whole, cost, claim });
      return violations.textInvalid;
    }
    this.#shares.pools.finish(claim);
    return { data: isText ? platform.decodeUtf8(whole, 0, whole.length) : whole, cost, claim };
  }

  #append(bytes: Uint8Array, isText: boolean): void {
    this.#unfinished ??= {
      assembly: new Assembly(),
      isText,
      claim: this.#shares.pools.claim(this),
      slices: [],
    };
    this.#unfinished.assembly.append(bytes);
    this.#unfinished.slices.push(bytes.length);
    this.#consumeEarly();
  }

  /** Called by the pools. */
  retry(): void {
    this.#consumeEarly();
    this.#channel.receiveConsumed();
  }

  /** An unfinished message must not hold up the rest of itself. */
  #consumeEarly(): void {
    const unfinished = this.#unfinished;
    if (unfinished === undefined) return;
    while (this.isNarrow && unfinished.slices.length > 0) {
      const bytes = unfinished.slices[0] as number;
      if (!this.#shares.pools.take(unfinished.claim, bytes)) return;
      unfinished.slices.shift();
      this.#free(sliceCost(bytes));
    }
  }

  /** `spend`, counted for the session as well. */
  #spend(cost: number): boolean {
    if (!this.spend(cost)) return false;
    this.#shares.windows.unconsumed += cost;
    return true;
  }

  /** `free`, counted for the session as well. */
  #free(cost: number): void {
    this.free(cost);
    this.#shares.windows.unconsumed -= cost;
  }

  /** The handler is done with `message`, or will never see it. */
  consume(message: Message): void {
    this.#free(message.cost);
    if (message.claim !== undefined) this.#shares.pools.release(message.claim);
  }

  /** A slice of so many bytes that nobody wants any more is consumed as it comes. */
  discard(bytes: number): Violation | undefined {
    const cost = sliceCost(bytes);
    if (!this.#spend(cost)) return violations.creditExceeded;
    this.#free(cost);
    return undefined;
  }

  /** Forgets the message that is not complete: it will never be. */
  abandon(): void {
    const unfinished = this.#unfinished;
    if (unfinished === undefined) return;
    this.#unfinished = undefined;
    for (const slice of unfinished.slices) this.#free(sliceCost(slice));
    this.#shares.pools.release(unfinished.claim);
  }

  /**
   * The credit to grant now, 0 for none. The window grows when at this rate half of it lasts less than a round trip although
   * nothing waits here: then it is the window that slows the peer down. Larger than two round trips of data it would only fill
   * queues in which other channels wait as well.
   */
  takeCredit(now: number): number {
    const { windowBytes: size, room, unconsumed, isCreditDue } = this;
    const lastedMs = this.#grantedAt === undefined ? Infinity : now - this.#grantedAt;
    const halfLastsMs = (lastedMs * size) / (2 * room);
    const isTooSmall = isCreditDue && unconsumed === 0 && halfLastsMs < this.#shares.roundTripMs;
    this.windowBytes = this.#shares.windows.adjust(size, isTooSmall);
    if (!this.isCreditDue) return 0;
    this.#grantedAt = now;
    return this.grant();
  }

  /** The channel is gone: its window goes back to the others. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.abandon();
    this.#shares.windows.unconsumed -= this.unconsumed;
    this.#shares.windows.close(this.windowBytes);
  }
}
