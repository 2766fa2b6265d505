// One channel of a session: a Carrier to its owner, envelopes to its mux. It goes through the states of wire/channels-v1 §5.1
// (states.ts). What is sent waits in outward, what arrives is counted by incoming and told by deliveries; this file joins
// them. What only one end does, client-channel and server-channel add. Has no timers: the mux calls tick() when a deadline has
// come.

import type { Carrier, CloseOutcome, Pressure } from "../base/carrier.ts";
import type { LongwireError, Violation } from "../base/errors.ts";
import { platform } from "../base/platform.ts";
import { ENVELOPE_ROOM, type Pulled } from "../base/session.ts";
import { Closing } from "./closing.ts";
import { Deliveries, type DeliveryChannel, Hold } from "./deliveries.ts";
import { type AcceptEnvelope, type ControlEnvelope, type Envelope, encodeEnvelope } from "./envelope.ts";
import * as EnvelopeKind from "./envelope-kind.ts";
import type { ChannelHome, Movable } from "./home.ts";
import { Incoming, type IncomingChannel, type Message } from "./incoming.ts";
import * as outcomes from "./outcomes.ts";
import type { OutgoingMessage } from "./outgoing.ts";
import { Outward } from "./outward.ts";
import type { Sender } from "./scheduler.ts";
import { type ChannelState, mayAnyCome, mayCome } from "./states.ts";
import * as violations from "./violations.ts";

export abstract class Channel implements Carrier, Sender, DeliveryChannel, IncomingChannel {
  protected readonly home: ChannelHome;
  protected readonly outward: Outward;
  protected readonly incoming: Incoming;
  protected readonly deliveries: Deliveries;
  isUrgent = false;
  isBusy = false;
  #control: Uint8Array[] | undefined;
  #closing: Closing | undefined;
  #state: ChannelState;
  #id = 0;
  /** Once it was open. */
  #protocol: string | undefined;
  /** Whether the host has decided about it; a client's needs no decision. */
  protected isDecided: boolean;
  protected movable: Movable | undefined;

  /** `asking` is the client's, `undecided` the server's. */
  constructor(home: ChannelHome, state: "asking" | "undecided") {
    this.home = home;
    this.#state = state;
    this.isDecided = state === "asking";
    this.incoming = new Incoming(home, this);
    this.deliveries = new Deliveries(this, home.turns);
    this.outward = new Outward(home, this.deliveries, this);
  }

  get extensions(): string {
    return "";
  }

  get id(): number {
    return this.#id;
  }

  protected name(id: number): void {
    this.#id = id;
  }

  get state(): ChannelState {
    return this.#state;
  }

  protected enter(state: ChannelState): void {
    this.#state = state;
  }

  /** Whether envelopes may name it. */
  get isNamed(): boolean {
    return this.#id > 0 && mayAnyCome(this.#state);
  }

  protected get closing(): Closing {
    return (this.#closing ??= new Closing(this.home.limits.closeTimeoutMs));
  }

  get protocol(): string {
    return this.#protocol ?? "";
  }

  /** What either side may still send, as slices cost it. */
  get credit(): { readonly toSend: number; readonly toReceive: number } {
    return { toSend: this.outward.credit.available, toReceive: this.incoming.unspent };
  }

  /** The channel is open. */
  protected open(protocol: string, movable: Movable | undefined): void {
    this.#state = "open";
    this.#protocol = protocol;
    this.movable = movable;
  }

  /** Whether it can go on in another session. */
  get isMovable(): boolean {
    return this.state === "open" && this.movable !== undefined;
  }

  /** The server's answer to OPEN. */
  protected abstract receiveAccept(envelope: AcceptEnvelope): Violation | undefined;

  /** The peer's handler is done with the messages up to this one: only servers say so. */
  protected receiveHandled(_number: number): Violation | undefined {
    return undefined;
  }

  /** A CLOSE that says that the channel moves. */
  protected abstract receiveMoved(continuation: Uint8Array): Violation | undefined;

  /** The session is over, and the channel with it. */
  protected receiveEnding(): void {}

  /** The answer to it, if there is nothing left to say before. */
  protected abstract takeParting(): Uint8Array | undefined;

  // --- inward ---

  /** One envelope that names this channel. What is wrong with it ends the channel only. */
  receive(envelope: Envelope): void {
    const isDue = mayCome(this.state, envelope.kind);
    const violation = isDue ? this.#take(envelope) : violations.envelopeUnexpected;
    if (violation !== undefined) this.violate(violation);
  }

  /** The same for a slice, in `bytes` from `start` to `end`. */
  receiveSlice(bytes: Uint8Array, isFinal: boolean, isText: boolean, start: number, end: number): void {
    const isDue = mayCome(this.#state, EnvelopeKind.slice);
    const violation = isDue ? this.#takeSlice(bytes, isFinal, isText, start, end) : violations.envelopeUnexpected;
    if (violation !== undefined) this.violate(violation);
  }

  /** The peer broke a rule on this channel. */
  violate(violation: Violation): void {
    this.#reset(violation.closeCode, violation.message);
    this.conclude(outcomes.violated(violation));
  }

  #take(envelope: Envelope): Violation | undefined {
    switch (envelope.kind) {
      case EnvelopeKind.slice:
        return this.#takeSlice(envelope.bytes, envelope.isFinal, envelope.isText, 0, envelope.bytes.length);
      case EnvelopeKind.credit: {
        const violation = this.outward.credit.grant(envelope.credit);
        this.outward.resume();
        return violation;
      }
      case EnvelopeKind.accept:
        return this.receiveAccept(envelope);
      case EnvelopeKind.reject:
        return this.over("closed", outcomes.rejected(envelope.status, envelope.reason));
      case EnvelopeKind.close:
        return this.#receiveClose(envelope.code, envelope.reason, envelope.continuation);
      case EnvelopeKind.reset:
        return this.over("closed", outcomes.resetByPeer(envelope.code, envelope.reason));
      case EnvelopeKind.handled:
        return this.receiveHandled(envelope.number);
      case EnvelopeKind.open:
        return violations.channelOrder;
    }
  }

  #takeSlice(bytes: Uint8Array, isFinal: boolean, isText: boolean, start: number, end: number): Violation | undefined {
    const isWanted = this.state === "open" || this.state === "moving";
    const result = isWanted
      ? this.incoming.receive(bytes, isFinal, isText, start, end)
      : this.incoming.discard(end - start);
    if (result !== undefined && "closeCode" in result) return result;
    // Whoever is done with a message grants for it.
    if (result !== undefined) this.deliveries.receive(result);
    else this.#grant();
    return undefined;
  }

  #receiveClose(code: number, reason: string, continuation: Uint8Array | undefined): Violation | undefined {
    if (continuation !== undefined) return this.receiveMoved(continuation);
    const isAnswer = this.closing.isSent;
    if (!isAnswer) this.closing.prepare(code, reason);
    this.over(isAnswer ? "closed" : "answering", outcomes.closed(code, reason));
    if (!isAnswer) this.home.queue(this);
    return undefined;
  }

  /** Called by deliveries. */
  consume(message: Message): void {
    this.incoming.consume(message);
    if (this.deliveries.isConcluding) this.deliveries.renew(this.#handlerDeadline);
    this.#grant();
    // What the owner answers to an event may come a microtask later.
    if (this.state === "parting") platform.afterMicrotasks(() => this.home.queue(this));
  }

  /** Called by incoming. */
  receiveConsumed(): void {
    this.#grant();
  }

  #grant(): void {
    if (this.incoming.isCreditDue && this.isLive) this.home.urge(this);
  }

  get paused(): boolean {
    return this.deliveries.isHeldBy(Hold.owner);
  }

  pause(): void {
    this.deliveries.hold(Hold.owner);
  }

  resume(): void {
    this.deliveries.renew(this.#handlerDeadline);
    this.deliveries.release(Hold.owner);
  }

  // --- outward ---

  get bufferedBytes(): number {
    return this.outward.bufferedBytes;
  }

  send(data: string | Uint8Array): Pressure {
    if (this.#refuses()) return "dropped";
    return this.outward.send(data, this.id);
  }

  /** The bytes are kept and never written to. */
  sendMessage(message: OutgoingMessage): Pressure {
    return this.#refuses() ? "dropped" : this.outward.push(message);
  }

  /** A channel has no pings of its own, as the heartbeat of its session speaks for all of them: nothing is sent. */
  ping(): boolean {
    return false;
  }

  #refuses(): boolean {
    const isSending = this.state === "open" || (this.state === "parting" && this.closing.isMove);
    if (!isSending) return true;
    if (!this.outward.isRefused) return false;
    this.#reset(4413, "The peer does not read what is sent to it.");
    this.concludeLater(outcomes.overfull());
    return true;
  }

  close(code = 0, reason = ""): void {
    if (this.state === "open") {
      this.enter("closing");
      this.home.watch(this);
    } else if (this.state !== "parting" || !this.closing.isMove) return;
    this.closing.prepare(code === 1005 ? 0 : code, reason);
    this.incoming.abandon();
    this.deliveries.clear();
    this.deliveries.receiveClosing();
    this.#grant();
    this.home.queue(this);
  }

  terminate(cause?: LongwireError): void {
    // Otherwise it has closed, but for messages that wait for their handler: those are dropped.
    if (mayAnyCome(this.state)) this.#reset(1006, "");
    this.concludeLater(outcomes.terminated(cause));
  }

  drained(): Promise<void> {
    return this.outward.drained();
  }

  /** Called by the scheduler. */
  takeControl(): Uint8Array | undefined {
    const envelope = this.#control?.shift();
    if (envelope !== undefined) {
      if (this.#control?.length === 0) this.#control = undefined;
      if (this.state === "leaving" && this.#control === undefined) this.finish();
      return envelope;
    }
    if (!this.isLive) return undefined;
    const granted = this.incoming.takeCredit(this.home.now());
    if (granted === 0) return undefined;
    return encodeEnvelope({ kind: EnvelopeKind.credit, channel: this.id, credit: granted }, ENVELOPE_ROOM);
  }

  /** Called by the scheduler. */
  takeSlice(target: Uint8Array, at: number): Pulled {
    const slice = this.isLive ? this.outward.take(this.id, target, at) : undefined;
    if (slice !== undefined) return slice;
    if (this.state === "open") return undefined;
    if (this.state === "parting") return this.takeParting();
    const isLeaving = this.state === "closing" || this.state === "moving";
    const isClosing = isLeaving && this.outward.isEmpty && !this.closing.isSent;
    if (!isClosing && this.state !== "answering") return undefined;
    if (!isClosing) this.finish();
    return this.closing.take(this.id, this.home.now());
  }

  protected tell(envelope: ControlEnvelope): void {
    const encoded = encodeEnvelope(envelope, ENVELOPE_ROOM);
    if (this.#control === undefined) this.#control = [encoded];
    else this.#control.push(encoded);
    this.home.urge(this);
  }

  // --- the end ---

  /** Whether messages, and credit for them, may still go to the peer. */
  protected get isLive(): boolean {
    return mayCome(this.state, EnvelopeKind.credit);
  }

  #reset(code: number, reason: string): void {
    this.leave({ kind: EnvelopeKind.reset, channel: this.id, code, reason });
  }

  /** Says the last word, unless the peer has never heard of the channel. */
  protected leave(envelope: ControlEnvelope): void {
    this.stop("leaving");
    if (this.id === 0) this.finish();
    else this.tell(envelope);
  }

  protected over(state: "answering" | "closed", outcome: CloseOutcome): undefined {
    this.stop(state);
    if (state === "closed") this.finish();
    this.conclude(outcome);
  }

  /** The session is over. */
  end(outcome: CloseOutcome): void {
    this.isDecided = true;
    this.#control = undefined;
    this.receiveEnding();
    if (this.state === "answering" || this.state === "leaving") this.finish();
    else if (this.state !== "closed") this.over("closed", outcome);
    else this.releaseIfDone();
  }

  /** Nothing of either direction goes on: from here on only the last word is sent, and only the end is told. */
  protected stop(state: ChannelState): void {
    this.outward.drop();
    this.enter(state);
    this.incoming.abandon();
  }

  /** The last word has been sent, or there is none. */
  protected finish(): void {
    this.enter("closed");
    this.home.receiveDecided(this);
    this.releaseIfDone();
  }

  protected conclude(outcome: CloseOutcome): void {
    // A connection that was never established shows nothing but that.
    const shown = this.#protocol !== undefined ? outcome : { ...outcome, code: 1006, reason: "" };
    this.home.watch(this);
    this.deliveries.receiveClosed(shown, this.#handlerDeadline);
  }

  /** Until when a handler may take for a message that came before the end. */
  get #handlerDeadline(): number {
    return this.home.now() + this.home.limits.handlerTimeoutMs;
  }

  /** Of its own doing an owner is told in a task of its own. */
  protected concludeLater(outcome: CloseOutcome): void {
    this.deliveries.clear();
    platform.afterMicrotasks(() => this.conclude(outcome));
  }

  /** Called by deliveries as well. */
  releaseIfDone(): void {
    if (this.state !== "closed" || !this.deliveries.isOver || !this.isDecided) return;
    this.incoming.close();
    this.home.release(this);
  }

  // --- time ---

  get wakeAt(): number {
    return Math.min(this.state === "closing" ? this.closing.by : Infinity, this.deliveries.concludeBy);
  }

  tick(now: number): void {
    if (this.state === "closing" && now >= this.closing.by) {
      this.#reset(1006, "");
      this.conclude(outcomes.unanswered());
    }
    if (now >= this.deliveries.concludeBy) this.deliveries.conclude();
  }

  receiveAttached(): void {
    this.#closing?.wait(this.home.now());
  }

  receiveDetached(): void {
    if (this.#closing !== undefined) this.#closing.by = Infinity;
  }
}
