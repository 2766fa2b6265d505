// The channels of one session: envelopes in, to the channel they name; envelopes out, as the scheduler says (wire/channels-v1
// §5). What the session carries, and all it knows of this floor. Which channels there are is for the halves to say: the
// client's opens them, the server's decides about them. Has no timers: whoever drives it calls tick() at wakeAt.

import type { Clock } from "../base/clock.ts";
import type { Violation } from "../base/errors.ts";
import type { EnvelopePlace, Pulled, Session, SessionEnd } from "../base/session.ts";
import type { Channel } from "./channel.ts";
import { Windows } from "./credit.ts";
import {
  decodeEnvelope,
  type Envelope,
  FIN,
  isShortSlice,
  type MalformedEnvelope,
  type OpenEnvelope,
  SHORT_HEAD_BYTES,
  TEXT,
} from "./envelope.ts";
import * as EnvelopeKind from "./envelope-kind.ts";
import type { ChannelHome } from "./home.ts";
import { type Held, Holds } from "./holds.ts";
import { channelLimits, type ChannelLimits } from "./limits.ts";
import * as outcomes from "./outcomes.ts";
import { Pools } from "./pools.ts";
import { Scheduler, type Sender } from "./scheduler.ts";
import { type TurnKeeper, Turns } from "./turns.ts";
import * as violations from "./violations.ts";

/** The session that carries the channels. */
export interface CarryingSession extends Session {
  /** The way to the peer and back, in milliseconds, while nothing waits on it; 0: unknown. */
  readonly roundTripMs: number;
}

export interface MuxOptions {
  readonly clock: Pick<Clock, "now">;
  /** Shared by all sessions of a server, so never copied. */
  readonly limits?: ChannelLimits | undefined;
}

/** How many times the bound an asynchronous handler may fill with its replies. */
const REPLY_ROOM = 4;

export abstract class Mux implements ChannelHome, TurnKeeper {
  readonly limits: ChannelLimits;
  readonly windows: Windows;
  readonly turns: Turns = new Turns(this);
  protected readonly scheduler: Scheduler = new Scheduler();
  /** Undefined once it is over. */
  protected session: CarryingSession | undefined;
  departures = 0;
  /** All of which anything is left; another list when one comes or goes. Few, mostly one. */
  #channels: readonly Channel[] = [];
  /** The one that was named last, as the next envelope mostly names it again. */
  #named: Channel | undefined;
  /** Those on their way out, which may have a deadline. */
  #ending: Set<Channel> | undefined;
  #pools: Pools | undefined;
  readonly #clock: Pick<Clock, "now">;
  #lastId = 0;
  #queuedCost = 0;
  #isPulling = false;
  #isReading = false;
  #isWakeDue = false;
  #holds: Holds | undefined;

  constructor(options: MuxOptions) {
    this.#clock = options.clock;
    this.limits = options.limits ?? channelLimits;
    this.windows = new Windows(this.limits.creditBytes);
  }

  /** Begins: `session` carries this mux from now on. */
  connect(session: CarryingSession): void {
    this.session = session;
  }

  get pools(): Pools {
    return (this.#pools ??= new Pools(this.limits.maxMessageBytes));
  }

  /** Windows grow on long ways. */
  get roundTripMs(): number {
    return this.session?.roundTripMs ?? 0;
  }

  // --- inward ---

  /**
   * One envelope, in `bytes` from `start` to `end`; valid during the call only. Gives what is wrong with it, if no channel can answer
   * for that. What it brings about leaves with `receiveRest`.
   */
  receive(bytes: Uint8Array, start = 0, end: number = bytes.length): Violation | undefined {
    if (this.isOver) return undefined;
    this.#isReading = true;
    if (isShortSlice(bytes, start, end) && this.#receiveSlice(bytes, start, end)) return undefined;
    return this.#receiveAny(bytes.subarray(start, end));
  }

  /** False: it names no channel. */
  #receiveSlice(bytes: Uint8Array, start: number, end: number): boolean {
    const channel = this.#find(bytes[start + 1] as number);
    if (channel === undefined) return false;
    const head = bytes[start] as number;
    this.countSlice(end - start - SHORT_HEAD_BYTES);
    channel.receiveSlice(bytes, (head & FIN) !== 0, (head & TEXT) !== 0, start + SHORT_HEAD_BYTES, end);
    return true;
  }

  #receiveAny(bytes: Uint8Array): Violation | undefined {
    const envelope = decodeEnvelope(bytes);
    if (!this.admits(envelope) || envelope === "unknown") return undefined;
    const id = envelope.channel;
    const channel = id === undefined ? undefined : this.#find(id);
    if (channel !== undefined) {
      if (envelope.kind === "malformed") channel.violate(envelope.violation);
      else channel.receive(envelope);
      return undefined;
    }
    if (envelope.kind === EnvelopeKind.open) return this.receiveOpen(envelope);
    // An id that was given and names no channel any more is closed: what names it is late.
    if (id !== undefined && id > 0 && id <= this.#lastId) return undefined;
    if (envelope.kind === "malformed") return envelope.violation;
    // Credit on 0 is for topics, of which none is open.
    return id === 0 && envelope.kind === EnvelopeKind.credit ? undefined : violations.channelUnknown;
  }

  /**
   * What had come together was received. What was answered to an event at once does not wait for its microtasks, unless more may come
   * in this turn (`isAll` is false) or other messages wait for it.
   */
  receiveRest(isAll: boolean): void {
    this.#isReading = false;
    if (isAll ? !this.turns.hasMore : !this.turns.isBusy) this.#leave();
  }

  /** A slice of so many bytes has come, or leaves. */
  protected countSlice(_bytes: number): void {}

  /** Looks at each other envelope first. False: it goes no further. */
  protected admits(_envelope: Envelope | MalformedEnvelope | "unknown"): boolean {
    return true;
  }

  /** An OPEN that names no channel of ours. */
  protected abstract receiveOpen(envelope: OpenEnvelope): Violation | undefined;

  // --- outward ---

  /**
   * The next envelope, in `target` from `at` on if it is short. Before the session is welcomed no channel can be open: then it is
   * an OPEN, or a RESET of one that was given up, never a slice.
   */
  pull(target: Uint8Array, at: number): Pulled {
    if (this.isOver || this.scheduler.isIdle) return undefined;
    this.#isPulling = true;
    const envelope = this.scheduler.next(target, at);
    this.#isPulling = false;
    if (envelope !== undefined) this.receivePulled(envelope, target, at);
    return envelope;
  }

  /** That envelope leaves. */
  protected receivePulled(_envelope: number | Uint8Array, _target: Uint8Array, _at: number): void {}

  // --- the session ---

  /** The session has a way to the peer. */
  receiveAttached(): void {
    for (const channel of this.#channels) channel.receiveAttached();
  }

  /** The session has none; it may get another one. */
  receiveDetached(): void {
    // A read that is under way is over with it: what waits for its end must not wait for the next one.
    this.receiveRest(true);
    for (const channel of this.#channels) channel.receiveDetached();
  }

  /** The session is over, and every channel with it. `isLeft`: that is how an open one was closed by the client. */
  receiveEnded(
    { code, reason, isWhole }: Pick<SessionEnd, "code" | "reason" | "isWhole">,
    isLeft?: (channel: Channel) => boolean,
  ): void {
    if (this.isOver) return;
    this.session = undefined;
    // What was written in this turn has left before the last word.
    if (isWhole === true) this.departures++;
    for (const channel of this.#channels) {
      this.scheduler.remove(channel);
      const isClean = channel.state === "open" && isLeft?.(channel);
      channel.end(isClean ? outcomes.closed(code, reason) : outcomes.sessionEnded(code, reason));
    }
  }

  /** Whether nothing carries it any more. */
  get isOver(): boolean {
    return this.session === undefined;
  }

  // --- channels ---

  /** All channels of which anything is left. */
  get channels(): readonly Channel[] {
    return this.#channels;
  }

  /** The channel that envelopes with `id` are for. */
  #find(id: number): Channel | undefined {
    const named = this.#named;
    if (named !== undefined && named.id === id && named.isNamed) return named;
    for (const channel of this.#channels) if (channel.id === id && channel.isNamed) return (this.#named = channel);
    return undefined;
  }

  protected get lastId(): number {
    return this.#lastId;
  }

  /** Another channel, which counts from now on. */
  protected add(channel: Channel): void {
    this.#channels = this.#channels.concat(channel);
  }

  /** The next id. */
  protected giveId(): number {
    return ++this.#lastId;
  }

  now(): number {
    return this.#clock.now();
  }

  urge(sender: Sender): void {
    this.scheduler.urge(sender);
    this.#wake();
  }

  queue(sender: Sender): void {
    this.scheduler.queue(sender);
    this.#wake();
  }

  place(): EnvelopePlace | undefined {
    return this.scheduler.isIdle ? this.session?.place() : undefined;
  }

  receivePlaced(bytes: number): void {
    this.countSlice(bytes);
    this.#wake();
  }

  /**
   * A session that is pulling goes on until there is nothing: it must not be made to begin again in the midst of it. What
   * owners answer to the messages of one read leaves together, unless it is much.
   */
  #wake(): void {
    if (this.#isPulling) return;
    const isMoreToCome = this.#isReading || this.turns.isBusy;
    this.#isWakeDue = true;
    if (!isMoreToCome || this.#queuedCost >= this.limits.bufferBytes) this.#leave();
  }

  /** Tells the session, if it has anything to be told. While a turn lasts, what has left in it counts as sent in it. */
  #leave(): void {
    if (!this.turns.isBusy) this.departures++;
    if (!this.#isWakeDue) return;
    this.#isWakeDue = false;
    this.session?.wake();
  }

  /** Called by turns. */
  receiveQuiet(): void {
    if (!this.#isReading) this.#leave();
  }

  charge(cost: number): void {
    this.#queuedCost += cost;
    if (cost < 0) this.#holds?.judge();
    this.receiveCharged();
  }

  /** What waits has changed. */
  protected receiveCharged(): void {}

  /** What has arrived in all channels and is not done with, charged as bytes and objects. */
  get receivedCost(): number {
    return this.windows.unconsumed + (this.#pools?.used ?? 0);
  }

  /** What waits in all channels, charged as bytes and objects. */
  get queuedCost(): number {
    return this.#queuedCost;
  }

  /**
   * All channels share what may wait, here and for its acknowledgement. When that is used up, a channel that takes more than
   * an equal part of it is refused, and no other.
   */
  refuses(cost: number, isReply: boolean): boolean {
    const bound = this.limits.retainBytes * (isReply ? REPLY_ROOM : 1);
    const retained = this.#queuedCost + (this.session?.retainedBytes ?? 0);
    return retained > bound && cost > this.#partOf(bound);
  }

  holdsReplies(cost: number): boolean {
    const { replyBytes, retainBytes } = this.limits;
    return cost > replyBytes || (this.#queuedCost > retainBytes && cost > this.#partOf(retainBytes));
  }

  receiveHeld(held: Held): void {
    this.#holds ??= new Holds((cost) => this.holdsReplies(cost));
    this.#holds.add(held);
  }

  /** What is a channel's when all have as much. */
  #partOf(bound: number): number {
    return bound / Math.max(1, this.#channels.length);
  }

  receiveDecided(_channel: Sender): void {}

  watch(channel: Sender): void {
    this.#ending ??= new Set();
    this.#ending.add(channel as Channel);
  }

  release(channel: Sender): void {
    this.#channels = this.#channels.filter((other) => other !== channel);
    if (this.#named === channel) this.#named = undefined;
    this.#holds?.judge();
    this.#ending?.delete(channel as Channel);
    if (this.#ending?.size === 0) this.#ending = undefined;
    this.scheduler.remove(channel);
  }

  // --- time ---

  /** Whether channels are on their way out, whose deadlines may move. */
  get isEnding(): boolean {
    return this.#ending !== undefined;
  }

  /** When tick() must be called, or Infinity. Ask again after every call. */
  get wakeAt(): number {
    let at = Infinity;
    if (this.#ending === undefined) return at;
    for (const channel of this.#ending) at = Math.min(at, channel.wakeAt);
    return at;
  }

  tick(now: number): void {
    if (this.#ending === undefined) return;
    for (const channel of this.#ending) channel.tick(now);
  }
}
