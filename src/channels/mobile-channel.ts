// A channel of the client that can go on in another session without its owner closing (wire/channels-v1 §5.6). To its owner it is
// one Carrier; under it there is a channel for each session, and while it moves what is sent is held. When it moves, and where
// to, the line says. It costs a channel that never moves nothing but a call.

import type { Carrier, CloseOutcome, Delivery, Pressure } from "../base/carrier.ts";
import type { LongwireError } from "../base/errors.ts";
import { platform } from "../base/platform.ts";
import type { ClientChannel } from "./client-channel.ts";
import type { ClientMux } from "./client-mux.ts";
import type { ChannelOwner, ChannelRequest } from "./home.ts";
import * as outcomes from "./outcomes.ts";
import { Outgoing, type OutgoingMessage, type OutgoingPayer } from "./outgoing.ts";

export interface MobileOwner extends ChannelOwner {
  /**
   * It goes on in another session. `isGap`: the first one was lost before it had let go, so what it had not acknowledged may
   * or may not have been handled, and what it would have sent may be missing.
   */
  receiveMoved(isGap: boolean): void;
}

export class MobileChannel implements Carrier {
  readonly extensions = "";
  readonly #request: ChannelRequest;
  readonly #owner: MobileOwner;
  #mux: ClientMux;
  /** One for each session, the newest last; the oldest one delivers, the others wait for it. */
  readonly #legs: Leg[] = [];
  #destination: ClientMux | undefined;
  /** Between leaving one session and being accepted in the next. */
  #isMoving = false;
  #isGap = false;
  /** With what it left the last session. */
  #continuation: Uint8Array | undefined;
  #isAccepted = false;
  #isPaused = false;
  #isOver = false;
  #isClosingTold = false;
  #protocol = "";
  readonly #held: Outgoing;
  /** Bytes that were held when it was over: they count for ever. */
  #lostBytes = 0;
  #close: { readonly code: number; readonly reason: string } | undefined;
  #waiters: (() => void)[] = [];

  /** Asks for it in `mux`. Throws as `mux.open` does. */
  constructor(mux: ClientMux, request: ChannelRequest, owner: MobileOwner) {
    this.#mux = mux;
    this.#request = request;
    this.#owner = owner;
    this.#held = new Outgoing({ ...nowhere, charge: (cost) => this.#mux.charge(cost) });
    this.#ask(request);
  }

  /** The channel under it, the newest one. */
  #channel(): ClientChannel {
    return (this.#legs.at(-1) as Leg).channel;
  }

  get protocol(): string {
    return this.#protocol;
  }

  /** Whether the server can let it go on elsewhere. */
  get isMovable(): boolean {
    return this.#isMoving || this.#channel().isMovable;
  }

  // --- moving ---

  /** Whether it has left one session, or is about to, and has not arrived in the next. */
  get isMoving(): boolean {
    return this.#isMoving;
  }

  /**
   * Goes on in the session of `destination`. Told at a drain, and when its session is gone, before the channels learn of that.
   * False: it stays, and ends with its session.
   */
  move(destination: ClientMux): boolean {
    const isAsking = this.#legs.length === 1 && !this.#isAccepted;
    if (this.#isOver || !(isAsking || this.isMovable)) return false;
    this.#destination = destination;
    this.#depart();
    return true;
  }

  #depart(): void {
    const destination = this.#destination;
    if (this.#isMoving || destination === undefined || !this.#channel().isMovable) return;
    this.#isMoving = true;
    this.#channel().depart((continuation) => this.#continue(continuation));
  }

  /** All of the last session is delivered, or, without a continuation, it is not there any more. */
  #continue(continuation: Uint8Array | undefined): void {
    const destination = this.#destination;
    if (destination === undefined) return;
    this.#destination = undefined;
    this.#continuation = continuation;
    // What is held waits there from now on.
    this.#mux.charge(-this.#held.cost);
    this.#mux = destination;
    destination.charge(this.#held.cost);
    const { path, parameters } = this.#request;
    const protocols = this.#protocol === "" ? [] : [this.#protocol];
    if (continuation === undefined) this.#ask({ path, protocols, parameters });
    else this.#ask({ path, protocols, parameters: continuation, continues: true });
  }

  #ask(request: ChannelRequest): void {
    const leg = new Leg(this);
    leg.channel = this.#mux.open(request, leg);
    this.#legs.push(leg);
    this.#hold();
  }

  /** Only the oldest one delivers, and it only if the owner wants to be delivered to. */
  #hold(): void {
    for (const [index, { channel }] of this.#legs.entries()) {
      const isHeld = index > 0 || this.#isPaused;
      if (isHeld && !channel.paused) channel.pause();
      else if (!isHeld && channel.paused) channel.resume();
    }
  }

  // --- what the channels tell ---

  receiveAccepted(leg: Leg, parameters: Uint8Array): void {
    if (!this.#isAccepted) {
      this.#isAccepted = true;
      this.#protocol = leg.channel.protocol;
      if (!leg.channel.isMovable) this.#destination = undefined;
      this.#owner.receiveAccepted(parameters);
    } else if (leg.channel.protocol === this.#protocol) {
      this.#arrive(leg.channel);
    } else {
      this.terminate();
      return;
    }
    this.#depart();
  }

  #arrive(channel: ClientChannel): void {
    this.#isMoving = false;
    this.#continuation = undefined;
    const isGap = this.#isGap;
    this.#isGap = false;
    // The gap first: what follows it is told after.
    this.#owner.receiveMoved(isGap);
    channel.takeOver(this.#held.reclaim());
    const waiters = this.#waiters.splice(0);
    if (waiters.length > 0) void channel.drained().then(() => waiters.forEach((resolve) => resolve()));
    if (this.#close !== undefined) channel.close(this.#close.code, this.#close.reason);
  }

  receiveMessage(data: string | Uint8Array): Delivery {
    // After close() nothing is delivered any more, also of what a former session still had.
    return this.#close === undefined ? this.#owner.receiveMessage(data) : undefined;
  }

  receiveHandled(number: number): boolean {
    return this.#owner.receiveHandled?.(number) === true;
  }

  /** What ends here may go on elsewhere: the owner is told when it is known not to. */
  receiveClosing(leg: Leg): void {
    if (leg === this.#legs.at(-1) && this.#destination === undefined) this.#tellClosing();
  }

  receiveClosed(leg: Leg, outcome: CloseOutcome): void {
    const isNewest = leg === this.#legs.at(-1);
    const { cause } = outcome;
    // A server that is to be left lets nobody in any more: who asked before knowing that asks elsewhere.
    const isTurnedAway = cause?.code === "LW_CHANNEL_REJECTED" && "closeCode" in cause && cause.closeCode === 1013;
    const isLost = cause?.code === "LW_CHANNEL_SESSION_ENDED";
    const isArriving = isTurnedAway && (this.#isMoving || !this.#isAccepted);
    if (isNewest && (isLost || isArriving) && this.#destination !== undefined && !this.#isOver) {
      // Who was turned away on arrival has lost nothing: what the first session let go of with is still good for the next.
      if (isLost) this.#isGap = this.#isAccepted;
      this.#isMoving = this.#isAccepted;
      this.#reclaim(leg.channel.unsent);
      this.#continue(isArriving ? this.#continuation : undefined);
    } else if (isNewest) {
      this.#conclude(outcome);
      return;
    }
    this.#legs.splice(this.#legs.indexOf(leg), 1);
    this.#hold();
  }

  /** What had not left goes before what was held. */
  #reclaim(unsent: readonly OutgoingMessage[]): void {
    for (const message of [...unsent, ...this.#held.reclaim()]) this.#held.push(message);
  }

  #conclude(outcome: CloseOutcome): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#lostBytes += this.#held.clear();
    for (const resolve of this.#waiters.splice(0)) resolve();
    this.#tellClosing();
    this.#owner.receiveClosed(outcome);
  }

  #tellClosing(): void {
    if (this.#isClosingTold) return;
    this.#isClosingTold = true;
    this.#owner.receiveClosing();
  }

  // --- the owner's side ---

  get bufferedBytes(): number {
    return this.#lostBytes + this.#held.bytes + this.#channel().bufferedBytes;
  }

  send(data: string | Uint8Array): Pressure {
    if (!this.#isMoving) return this.#channel().send(data);
    if (this.#isClosed) return "dropped";
    if (this.#mux.refuses(this.#held.cost, false)) {
      this.#end(outcomes.overfull());
      return "dropped";
    }
    this.#held.put(data, 0);
    return this.#held.cost > this.#mux.limits.bufferBytes ? "queued" : "accepted";
  }

  get #isClosed(): boolean {
    return this.#isOver || this.#close !== undefined;
  }

  ping(): boolean {
    return false;
  }

  close(code?: number, reason?: string): void {
    if (!this.#isMoving) {
      this.#channel().close(code, reason);
    } else if (!this.#isClosed) {
      // Where it leaves it is closed already: it closes where it arrives.
      this.#close = { code: code ?? 0, reason: reason ?? "" };
      this.#tellClosing();
    }
  }

  terminate(cause?: LongwireError): void {
    if (this.#legs.length === 1 && !this.#isMoving) this.#channel().terminate(cause);
    else this.#end(outcomes.terminated(cause));
  }

  /** Gives up every channel under it. */
  #end(outcome: CloseOutcome): void {
    this.#destination = undefined;
    // Before what the channels will say of it.
    platform.afterMicrotasks(() => this.#conclude(outcome));
    for (const { channel } of this.#legs) channel.terminate();
  }

  get paused(): boolean {
    return this.#isPaused;
  }

  pause(): void {
    this.#isPaused = true;
    this.#hold();
  }

  resume(): void {
    this.#isPaused = false;
    this.#hold();
  }

  drained(): Promise<void> {
    if (!this.#isMoving || this.#isOver) return this.#channel().drained();
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
    });
  }
}

/** What waits between two sessions does not leave. */
const nowhere: Omit<OutgoingPayer, "charge"> = { place: () => undefined, receivePlaced() {}, departures: 0 };

/** The owner of one of the channels. */
class Leg implements ChannelOwner {
  readonly #mobile: MobileChannel;
  #channel: ClientChannel | undefined;

  constructor(mobile: MobileChannel) {
    this.#mobile = mobile;
  }

  get channel(): ClientChannel {
    return this.#channel as ClientChannel;
  }

  set channel(channel: ClientChannel) {
    this.#channel = channel;
  }

  receiveAccepted(parameters: Uint8Array): void {
    this.#mobile.receiveAccepted(this, parameters);
  }

  receiveHandled(number: number): boolean {
    return this.#mobile.receiveHandled(number);
  }

  receiveMessage(data: string | Uint8Array): Delivery {
    return this.#mobile.receiveMessage(data);
  }

  receivePing(): void {}

  receivePong(): void {}

  receiveClosing(): void {
    this.#mobile.receiveClosing(this);
  }

  receiveClosed(outcome: CloseOutcome): void {
    this.#mobile.receiveClosed(this, outcome);
  }
}
