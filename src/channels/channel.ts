// One channel of a session: a Carrier to its owner, envelopes to its mux. It goes through the states of wire/channels-v1 §5.1
// (states.ts). What is sent waits in outgoing, what arrives is counted by incoming and told by deliveries; this file joins
// them. Has no timers: the mux calls tick() when a deadline has come.

import type { Carrier, CarrierOwner, CloseOutcome, Pressure } from "../base/carrier.ts";
import type { LongwireError, Violation } from "../base/errors.ts";
import { platform } from "../base/platform.ts";
import { Closing } from "./closing.ts";
import { Deliveries, type DeliveryChannel, Hold } from "./deliveries.ts";
import { type AcceptEnvelope, type ControlEnvelope, type Envelope, EnvelopeKind, encodeEnvelope } from "./envelope.ts";
import type { ChannelHome, ChannelOwner, ChannelRequest } from "./home.ts";
import { Incoming, type Message } from "./incoming.ts";
import * as outcomes from "./outcomes.ts";
import { Outgoing } from "./outgoing.ts";
import { messageInFrame } from "./prebuilt-frame.ts";
import type { Sender } from "./scheduler.ts";
import { accepts, type ChannelState } from "./states.ts";
import { violations } from "./violations.ts";

const noBytes = new Uint8Array(0);

export class Channel implements Carrier, Sender, DeliveryChannel {
  readonly extensions = "";
  readonly #home: ChannelHome;
  readonly #outgoing: Outgoing;
  readonly #incoming: Incoming;
  readonly #deliveries: Deliveries;
  readonly #control: Uint8Array[] = [];
  readonly #closing: Closing;
  #state: ChannelState;
  #id = 0;
  #protocol = "";
  #asker: ChannelOwner | undefined;
  #offered: readonly string[] = [];
  #unsentBytes = 0;
  #wasOpen = false;
  #isDecided: boolean;

  /** With an owner it is the client's, without one the server's, whose owner comes with accept(). */
  constructor(home: ChannelHome, owner?: ChannelOwner) {
    this.#home = home;
    this.#state = owner === undefined ? "undecided" : "asking";
    this.#isDecided = owner !== undefined;
    this.#asker = owner;
    this.#outgoing = new Outgoing((cost) => home.charge(cost));
    this.#incoming = new Incoming(home, () => this.#grant());
    this.#deliveries = new Deliveries(this, home.turns);
    this.#closing = new Closing(home.limits.closeTimeoutMs);
    if (owner !== undefined) this.#deliveries.open(owner);
  }

  get id(): number {
    return this.#id;
  }

  get state(): ChannelState {
    return this.#state;
  }

  get protocol(): string {
    return this.#protocol;
  }

  // --- opening ---

  /** The client's first envelope. */
  ask(id: number, request: ChannelRequest): void {
    this.#id = id;
    this.#offered = request.protocols;
    const credit = this.#incoming.windowBytes;
    this.#tell({ kind: EnvelopeKind.open, channel: id, credit, ...request, continues: false, isTopic: false });
  }

  /** The server's part of opening: the id and credit that the client's OPEN has given. */
  begin(id: number, firstCredit: number): void {
    this.#id = id;
    const violation = this.#outgoing.credit.begin(firstCredit);
    if (violation !== undefined) this.violate(violation);
  }

  /** The server accepts. `adopt` is called at once and gives the owner; not if the client has given up meanwhile. */
  accept(protocol: string, adopt: (channel: Channel) => CarrierOwner): void {
    this.#isDecided = true;
    if (this.#state === "undecided") {
      this.#open(protocol);
      const envelope = { channel: this.#id, credit: this.#incoming.windowBytes, protocol };
      this.#tell({ kind: EnvelopeKind.accept, ...envelope, parameters: noBytes, isMovable: false });
      this.#deliveries.open(adopt(this));
    }
    this.releaseIfDone();
  }

  #open(protocol: string): void {
    this.#state = "open";
    this.#wasOpen = true;
    this.#protocol = protocol;
  }

  /** The server refuses. */
  reject(status: number, reason: string): void {
    this.#isDecided = true;
    if (this.#state === "undecided") {
      this.#leave({ kind: EnvelopeKind.reject, channel: this.#id, status, reason });
      this.#conclude(outcomes.rejected(status, reason));
    }
    this.releaseIfDone();
  }

  // --- inward ---

  /** One envelope that names this channel. What is wrong with it ends the channel only. */
  receive(envelope: Envelope): void {
    const isDue = accepts[this.#state].includes(envelope.kind);
    const violation = isDue ? this.#take(envelope) : violations.envelopeUnexpected;
    if (violation !== undefined) this.violate(violation);
  }

  /** The peer broke a rule on this channel. */
  violate(violation: Violation): void {
    this.#reset(violation.closeCode, violation.message);
    this.#conclude(outcomes.violated(violation));
  }

  #take(envelope: Envelope): Violation | undefined {
    switch (envelope.kind) {
      case EnvelopeKind.slice:
        return this.#receiveSlice(envelope.bytes, envelope.isFinal, envelope.isText);
      case EnvelopeKind.credit: {
        const violation = this.#outgoing.credit.grant(envelope.credit);
        if (this.#outgoing.canSend) this.#home.queue(this);
        return violation;
      }
      case EnvelopeKind.accept:
        return this.#receiveAccept(envelope);
      case EnvelopeKind.reject:
        return this.#end("closed", outcomes.rejected(envelope.status, envelope.reason));
      case EnvelopeKind.close:
        return this.#receiveClose(envelope.code, envelope.reason, envelope.continuation);
      case EnvelopeKind.reset:
        return this.#end("closed", outcomes.resetByPeer(envelope.code, envelope.reason));
      case EnvelopeKind.open:
        return violations.channelOrder;
    }
  }

  #receiveAccept(envelope: AcceptEnvelope): Violation | undefined {
    // WHATWG WebSockets §3: a subprotocol that was not asked for fails the connection.
    const { protocol } = envelope;
    if (protocol !== "" && !this.#offered.includes(protocol)) return violations.protocolUnoffered;
    const violation = this.#outgoing.credit.begin(envelope.credit);
    if (violation !== undefined) return violation;
    this.#open(protocol);
    this.#home.receiveDecided(this);
    this.#deliveries.announce(() => this.#asker?.receiveAccepted());
    return undefined;
  }

  #receiveSlice(bytes: Uint8Array, isFinal: boolean, isText: boolean): Violation | undefined {
    const isWanted = this.#state === "open";
    const result = isWanted ? this.#incoming.receive(bytes, isFinal, isText) : this.#incoming.discard(bytes);
    if (result !== undefined && "closeCode" in result) return result;
    if (result !== undefined) this.#deliveries.receive(result);
    this.#grant();
    return undefined;
  }

  #receiveClose(code: number, reason: string, continuation: Uint8Array | undefined): Violation | undefined {
    // This side has called no channel movable.
    if (continuation !== undefined) return violations.envelopeUnexpected;
    const isAnswer = this.#closing.isSent;
    if (!isAnswer) this.#closing.prepare(code, reason);
    this.#end(isAnswer ? "closed" : "answering", outcomes.closed(code, reason));
    if (!isAnswer) this.#home.queue(this);
    return undefined;
  }

  /** Called by deliveries. */
  consume(message: Message): void {
    this.#incoming.consume(message);
    this.#deliveries.renew(this.#handlerDeadline);
    this.#grant();
  }

  #grant(): void {
    if (this.#isLive && this.#incoming.isCreditDue) this.#home.urge(this);
  }

  get paused(): boolean {
    return this.#deliveries.isHeldBy(Hold.owner);
  }

  pause(): void {
    this.#deliveries.hold(Hold.owner);
  }

  resume(): void {
    this.#deliveries.renew(this.#handlerDeadline);
    this.#deliveries.release(Hold.owner);
  }

  // --- outward ---

  get bufferedBytes(): number {
    return this.#outgoing.bytes + this.#unsentBytes;
  }

  send(data: string | Uint8Array): Pressure {
    if (this.#refuses()) return "dropped";
    this.#outgoing.send(data);
    return this.#sent();
  }

  sendFrame(frame: Uint8Array): Pressure {
    if (this.#refuses()) return "dropped";
    this.#outgoing.push(messageInFrame(frame));
    return this.#sent();
  }

  /** A channel has no pings of its own, as the heartbeat of its session speaks for all of them: nothing is sent. */
  ping(): boolean {
    return false;
  }

  /** Judged before a send. What a handler on the stack sends is its own measure. */
  #refuses(): boolean {
    if (this.#state !== "open") return true;
    if (this.#deliveries.isOnStack) return false;
    if (!this.#home.refuses(this.#outgoing.cost, this.#deliveries.isHandling)) return false;
    this.#reset(4413, "The peer does not read what is sent to it.");
    this.#concludeLater(outcomes.overfull());
    return true;
  }

  #sent(): Pressure {
    if (this.#outgoing.canSend) this.#home.queue(this);
    if (!this.#isCongested) return "accepted";
    // A reply waits for the peer by not taking its next question. Other sends do not: both ends would wait for each other.
    if (this.#deliveries.isOnStack) this.#deliveries.hold(Hold.output);
    return "queued";
  }

  get #isCongested(): boolean {
    return this.#outgoing.cost > this.#home.limits.bufferBytes;
  }

  close(code = 0, reason = ""): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    this.#closing.prepare(code === 1005 ? 0 : code, reason);
    this.#incoming.abandon();
    this.#deliveries.clear();
    this.#deliveries.receiveClosing();
    this.#grant();
    this.#home.queue(this);
  }

  terminate(cause?: LongwireError): void {
    // Otherwise it has closed, but for messages that wait for their handler: those are dropped.
    if (accepts[this.#state].length > 0) this.#reset(1006, "");
    this.#concludeLater(outcomes.terminated(cause));
  }

  drained(): Promise<void> {
    return this.#outgoing.drained();
  }

  /** Called by the scheduler. */
  takeControl(): Uint8Array | undefined {
    const envelope = this.#control.shift();
    if (envelope !== undefined) {
      if (this.#state === "leaving" && this.#control.length === 0) this.#finish();
      return envelope;
    }
    if (!this.#isLive) return undefined;
    const granted = this.#incoming.takeCredit(this.#home.now());
    if (granted === 0) return undefined;
    return encodeEnvelope({ kind: EnvelopeKind.credit, channel: this.#id, credit: granted });
  }

  /** Called by the scheduler. */
  takeSlice(): readonly Uint8Array[] | undefined {
    const parts = this.#isLive ? this.#outgoing.take(this.#id) : undefined;
    if (parts !== undefined) {
      this.#afterSending();
      return parts;
    }
    const isClosing = this.#state === "closing" && this.#outgoing.isEmpty && !this.#closing.isSent;
    if (!isClosing && this.#state !== "answering") return undefined;
    if (!isClosing) this.#finish();
    return [this.#closing.take(this.#id, this.#home.now())];
  }

  #afterSending(): void {
    if (this.#isCongested || !this.#deliveries.isHeldBy(Hold.output)) return;
    // Not now: the session is taking envelopes, and a handler would make it take more.
    platform.afterMicrotasks(() => {
      if (!this.#isCongested) this.#deliveries.release(Hold.output);
    });
  }

  #tell(envelope: ControlEnvelope): void {
    this.#control.push(encodeEnvelope(envelope));
    this.#home.urge(this);
  }

  // --- the end ---

  /** Whether messages, and credit for them, may still go to the peer. */
  get #isLive(): boolean {
    return this.#state === "open" || this.#state === "closing";
  }

  #reset(code: number, reason: string): void {
    this.#leave({ kind: EnvelopeKind.reset, channel: this.#id, code, reason });
  }

  /** Says the last word, unless the peer has never heard of the channel. */
  #leave(envelope: ControlEnvelope): void {
    this.#stop("leaving");
    if (this.#id === 0) this.#finish();
    else this.#tell(envelope);
  }

  #end(state: "answering" | "closed", outcome: CloseOutcome): undefined {
    this.#stop(state);
    if (state === "closed") this.#finish();
    this.#conclude(outcome);
  }

  /** The session is over. */
  end(outcome: CloseOutcome): void {
    this.#isDecided = true;
    this.#control.length = 0;
    if (this.#state === "answering" || this.#state === "leaving") this.#finish();
    else if (this.#state !== "closed") this.#end("closed", outcome);
    else this.releaseIfDone();
  }

  /** Nothing of either direction goes on: from here on only the last word is sent, and only the end is told. */
  #stop(state: ChannelState): void {
    this.#unsentBytes += this.#outgoing.clear();
    this.#state = state;
    this.#incoming.abandon();
    this.#home.forget(this.#id);
  }

  /** The last word has been sent, or there is none. */
  #finish(): void {
    this.#state = "closed";
    this.#home.receiveDecided(this);
    this.releaseIfDone();
  }

  #conclude(outcome: CloseOutcome): void {
    // A connection that was never established shows nothing but that.
    const shown = this.#wasOpen ? outcome : { ...outcome, code: 1006, reason: "" };
    this.#deliveries.receiveClosed(shown, this.#handlerDeadline);
  }

  /** Until when a handler may take for a message that came before the end. */
  get #handlerDeadline(): number {
    return this.#home.now() + this.#home.limits.handlerTimeoutMs;
  }

  /** Of its own doing an owner is told in a task of its own. */
  #concludeLater(outcome: CloseOutcome): void {
    this.#deliveries.clear();
    platform.afterMicrotasks(() => this.#conclude(outcome));
  }

  /** Called by deliveries as well. */
  releaseIfDone(): void {
    if (this.#state !== "closed" || !this.#deliveries.isOver || !this.#isDecided) return;
    this.#incoming.close();
    this.#home.release(this);
  }

  // --- time ---

  get wakeAt(): number {
    return Math.min(this.#state === "closing" ? this.#closing.by : Infinity, this.#deliveries.concludeBy);
  }

  tick(now: number): void {
    if (this.#state === "closing" && now >= this.#closing.by) {
      this.#reset(1006, "");
      this.#conclude(outcomes.unanswered());
    }
    if (now >= this.#deliveries.concludeBy) this.#deliveries.conclude();
  }

  receiveAttached(): void {
    this.#closing.wait(this.#home.now());
  }

  receiveDetached(): void {
    this.#closing.by = Infinity;
  }
}
