// Tells the owner of one channel what arrived, in order and one thing at a time: messages, that closing began, that it is
// closed. DESIGN §4 "two deliveries": a hook's promise holds the next message back, an event is followed by a microtask
// checkpoint. What waits here was paid for by credit, so nothing stops the peer but the credit it no longer gets.

import type { CarrierOwner, CloseOutcome } from "../base/carrier.ts";
import type { Message } from "./incoming.ts";
import type { TurnWaiter, Turns } from "./turns.ts";

/** Why nothing is delivered, one bit each. */
export const Hold = {
  /** The application asked for it. */
  owner: 1,
  /** Replies wait for a peer that does not read them. */
  output: 2,
} as const;
export type Hold = (typeof Hold)[keyof typeof Hold];

/** What deliveries asks of the channel. */
export interface DeliveryChannel {
  /** The owner is done with `message`, or will never see it. */
  consume(message: Message): void;
  /** The owner has been told that it is over. */
  releaseIfDone(): void;
}

interface Ending {
  /** Whether the owner has been told that closing began. */
  isTold: boolean;
  /** What it is to be told of the end. */
  outcome: CloseOutcome | undefined;
  isOver: boolean;
  concludeBy: number | undefined;
}

export class Deliveries implements TurnWaiter {
  readonly #channel: DeliveryChannel;
  #owner: CarrierOwner | undefined;
  #waiting: Message[] | undefined;
  #holds = 0;
  readonly #turns: Turns;
  #isWaitingForTurn = false;
  #announcement: (() => void) | undefined;
  #depth = 0;
  /** What the owner is not done with. */
  #current: Message | undefined;
  /** From when closing began. */
  #ending: Ending | undefined;

  /** `turns` are shared by all channels of a session. */
  constructor(channel: DeliveryChannel, turns: Turns) {
    this.#channel = channel;
    this.#turns = turns;
  }

  /** Begins; nothing may be delivered before. */
  open(owner: CarrierOwner): void {
    this.#owner = owner;
  }

  /** Whether the owner's handler is on the stack: a send made now answers what it was given. */
  get isOnStack(): boolean {
    return this.#depth > 0;
  }

  /** Whether the owner is handling a message, on the stack or in a promise. */
  get isHandling(): boolean {
    return this.#depth > 0 || this.#current !== undefined;
  }

  /** Whether the owner is done with everything that has come. */
  get isIdle(): boolean {
    return !this.#hasWaiting() && !this.isHandling;
  }

  isHeldBy(reason: Hold): boolean {
    return (this.#holds & reason) !== 0;
  }

  hold(reason: Hold): void {
    this.#holds |= reason;
  }

  release(reason: Hold): void {
    this.#holds &= ~reason;
    this.#goOn();
  }

  /** Tells the owner that the channel is open, an event that comes before all others. */
  announce(tell: () => void): void {
    this.#announcement = tell;
    this.#goOn();
  }

  receive(message: Message): void {
    const isNext = this.#isFree() && !this.#hasWaiting() && this.#depth === 0 && this.#announcement === undefined;
    if (isNext) this.#deliver(message);
    else if (this.#waiting === undefined) this.#waiting = [message];
    else this.#waiting.push(message);
    this.#goOn();
  }

  receiveTurn(): void {
    this.#isWaitingForTurn = false;
    this.#goOn();
  }

  /** Closing began. Messages that came before it are delivered first, while the channel still counts as open. */
  receiveClosing(): void {
    if (this.#ending !== undefined) return;
    this.#begin();
    this.#goOn();
  }

  #begin(): Ending {
    return (this.#ending ??= { isTold: false, outcome: undefined, isOver: false, concludeBy: undefined });
  }

  /** Whether the owner has been told that it is over. */
  get isOver(): boolean {
    return this.#ending?.isOver === true;
  }

  /** The channel is over. Tells the owner now or, while messages still wait for it, after them, at the latest at `by`. */
  receiveClosed(outcome: CloseOutcome, by: number): void {
    if (this.isOver) return;
    const ending = this.#begin();
    ending.outcome ??= outcome;
    ending.concludeBy = by;
    this.#holds &= Hold.owner;
    this.#goOn();
  }

  /** When the owner is told that it is over, whatever still waits. An owner that paused has all the time it wants. */
  get concludeBy(): number {
    return this.isHeldBy(Hold.owner) ? Infinity : (this.#ending?.concludeBy ?? Infinity);
  }

  /** Whether the owner is to be told of the end when it is done with what waits. */
  get isConcluding(): boolean {
    return this.#ending?.concludeBy !== undefined;
  }

  /** The owner gets on with what waits. */
  renew(by: number): void {
    if (this.#ending?.concludeBy !== undefined) this.#ending.concludeBy = by;
  }

  /** Tells the owner that it is over, whatever still waits. */
  conclude(): void {
    const [owner, ending] = [this.#owner, this.#ending];
    const outcome = ending?.outcome;
    if (ending === undefined || outcome === undefined || ending.isOver) return;
    ending.isOver = true;
    ending.concludeBy = undefined;
    this.clear();
    if (this.#current !== undefined) this.#channel.consume(this.#current);
    this.#current = undefined;
    this.#tellClosing();
    this.#owner = undefined;
    owner?.receiveClosed(outcome);
    this.#channel.releaseIfDone();
  }

  /** Drops what waits. */
  clear(): void {
    const dropped = this.#waiting;
    this.#waiting = undefined;
    if (dropped === undefined) return;
    for (const message of dropped) this.#channel.consume(message);
  }

  #deliver(message: Message): void {
    this.#current = message;
    this.#depth++;
    this.#turns.begin();
    const delivery = this.#owner?.receiveMessage(message.data);
    this.#depth--;
    this.#turns.end(delivery === "checkpoint");
    // The owner may have ended the channel meanwhile.
    if (this.#current !== message) return;
    if (delivery === undefined || delivery === "checkpoint") {
      this.#finish(message);
      return;
    }
    const settled = (): void => {
      if (this.#current !== message) return;
      this.#finish(message);
      this.#goOn();
    };
    delivery.then(settled, settled);
  }

  #finish(message: Message): void {
    this.#current = undefined;
    this.#channel.consume(message);
  }

  /** Delivers what waits, if the owner is ready and it is its turn; then what comes after the last message. */
  #goOn(): void {
    if (this.#depth > 0) return;
    const announcement = this.#announcement;
    if (announcement !== undefined && !this.#turns.isTaken) {
      this.#announcement = undefined;
      this.#turns.begin();
      announcement();
      this.#turns.end(true);
    }
    while (this.#isFree()) {
      const message = this.#waiting?.shift();
      if (message === undefined) break;
      this.#deliver(message);
    }
    if (this.#turns.isTaken) {
      if (!this.#hasMore() || this.#isWaitingForTurn) return;
      this.#isWaitingForTurn = true;
      this.#turns.wait(this);
      return;
    }
    if (this.#hasWaiting()) return;
    if (this.#ending === undefined) return;
    this.#tellClosing();
    if (this.#ending.outcome !== undefined) this.conclude();
  }

  #hasWaiting(): boolean {
    return this.#waiting !== undefined && this.#waiting.length > 0;
  }

  /** Whether the owner may be given a message. */
  #isFree(): boolean {
    return this.#current === undefined && !this.#turns.isTaken && this.#holds === 0;
  }

  #hasMore(): boolean {
    const ending = this.#ending;
    const isEnding = ending !== undefined && (!ending.isTold || (ending.outcome !== undefined && !ending.isOver));
    return this.#hasWaiting() || this.#announcement !== undefined || isEnding;
  }

  #tellClosing(): void {
    const ending = this.#begin();
    if (ending.isTold) return;
    ending.isTold = true;
    this.#owner?.receiveClosing();
  }
}
