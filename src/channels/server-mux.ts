// The server's half of a session's channels: decides about every OPEN, and bounds what a client may ask for (wire/channels-v1
// §5.4, §5.5; RELIABILITY V-61). Too much is refused channel by channel; only a client that goes on regardless loses its
// session. Routes are the host's: this file knows paths as text.

import type { CarrierOwner } from "../base/carrier.ts";
import type { Violation } from "../base/errors.ts";
import { ENVELOPE_ROOM } from "../base/session.ts";
import { sliceCost } from "./credit.ts";
import {
  type Envelope,
  EnvelopeKind,
  encodeEnvelope,
  isSlice,
  type MalformedEnvelope,
  type OpenEnvelope,
} from "./envelope.ts";
import { DATA_PER_CONTROL, Floods, MOST_EARNED } from "./floods.ts";
import type { ChannelRequest, Movable } from "./home.ts";
import { Mux, type MuxOptions } from "./mux.ts";
import type { Sender } from "./scheduler.ts";
import { ServerChannel } from "./server-channel.ts";
import * as violations from "./violations.ts";

/** What the host makes of a request. `accept` is called once, unless the client has given up meanwhile. */
export type ChannelDecision =
  | {
      readonly protocol: string;
      readonly accept: (channel: ServerChannel) => CarrierOwner;
      /** What ACCEPT tells the client in its parameters; asked right before `accept`. */
      readonly greet?: ((channel: ServerChannel) => Uint8Array) | undefined;
      /** Another node can go on with the channel; undefined: it ends where it began. */
      readonly movable?: Movable | undefined;
    }
  | { readonly status: number; readonly reason: string };

/** Whoever knows the routes. */
export interface ChannelHost {
  /** Decides about one channel. To throw or to reject means status 500. */
  open(request: ChannelRequest): ChannelDecision | PromiseLike<ChannelDecision>;
  /** What waits in the channels has changed. */
  receiveCharged?(): void;
  /** A channel may have a deadline from now on of which `wakeAt` does not know yet. */
  receiveDeadline?(): void;
}

export interface ServerMuxOptions extends MuxOptions {
  readonly host: ChannelHost;
}

/** REJECTs that wait because the client reads nothing: more of them is no queue but a flood. */
const MOST_REJECTIONS = 512;
const immovable: ChannelDecision = { status: 409, reason: "What began elsewhere cannot go on here." };
const broken: ChannelDecision = { status: 500, reason: "" };

export class ServerMux extends Mux {
  readonly #host: ChannelHost;
  /** While anything that was counted matters. */
  #counted: Floods | undefined;
  /** What slices cost, either way, that control envelopes were not set against. */
  #earned = 0;
  #rejections: Rejections | undefined;
  #undecidedCount = 0;

  constructor(options: ServerMuxOptions) {
    super(options);
    this.#host = options.host;
  }

  // --- inward ---

  protected override countSlice(bytes: number): void {
    this.#earned = Math.min(this.#earned + sliceCost(bytes), MOST_EARNED);
  }

  protected override admits(envelope: Envelope | MalformedEnvelope | "unknown"): boolean {
    if (envelope !== "unknown" && envelope.kind === EnvelopeKind.slice) {
      this.countSlice(envelope.bytes.length);
      return true;
    }
    if (this.#earned >= DATA_PER_CONTROL) {
      this.#earned -= DATA_PER_CONTROL;
      return true;
    }
    if (this.#floods.receiveControl(this.now())) return true;
    this.session?.bye(1008, "Too many control envelopes.");
    return false;
  }

  get #floods(): Floods {
    return (this.#counted ??= new Floods(this.limits));
  }

  protected override receiveOpen(envelope: OpenEnvelope): Violation | undefined {
    if (envelope.channel !== this.lastId + 1) return violations.channelOrder;
    // Topics come with the hub.
    const isUnknown = envelope.isTopic;
    if (!this.#hasRoom()) this.#refuse(429, "Too many channels at once.");
    else if (isUnknown) this.#refuse(404, "There is nothing of this kind here.");
    else this.#decide(envelope);
    return undefined;
  }

  #hasRoom(): boolean {
    const { maxChannels, maxUndecided } = this.limits;
    const isTimely = this.#floods.receiveOpen(this.now());
    return isTimely && this.channels.length < maxChannels && this.#undecidedCount < maxUndecided;
  }

  /** Refuses a channel before there is one. */
  #refuse(status: number, reason: string): void {
    const channel = this.giveId();
    this.#rejections ??= new Rejections();
    this.#rejections.push(encodeEnvelope({ kind: EnvelopeKind.reject, channel, status, reason }, ENVELOPE_ROOM));
    this.urge(this.#rejections);
    this.#countRefusal();
  }

  #countRefusal(): void {
    if (this.#floods.refuse(this.now()) && (this.#rejections?.count ?? 0) <= MOST_REJECTIONS) return;
    this.session?.bye(1008, "Too many channels were asked for.");
  }

  #decide(envelope: OpenEnvelope): void {
    const channel = new ServerChannel(this);
    this.add(channel);
    channel.begin(this.giveId(), envelope.credit);
    if (channel.state !== "undecided") {
      channel.reject(400, "");
      return;
    }
    this.#undecidedCount++;
    const { path, protocols, parameters, continues } = envelope;
    const settle = (decision: ChannelDecision): void => {
      // What keeps something for each socket would go on without it, and nobody would know.
      const isStuck = continues && "accept" in decision && decision.movable === undefined;
      this.#settle(channel, isStuck ? immovable : decision);
    };
    try {
      const decision = this.#host.open({ path, protocols, parameters: parameters.slice(), continues });
      if ("then" in decision) decision.then(settle, () => settle(broken));
      else settle(decision);
    } catch {
      settle(broken);
    }
  }

  #settle(channel: ServerChannel, decision: ChannelDecision): void {
    this.#undecidedCount--;
    if ("accept" in decision) {
      channel.accept(decision.protocol, decision.accept, decision.movable, decision.greet);
      return;
    }
    if (channel.state === "undecided") this.#countRefusal();
    channel.reject(decision.status, decision.reason);
  }

  // --- outward ---

  protected override receiveCharged(): void {
    this.#host.receiveCharged?.();
  }

  protected override receivePulled(envelope: number | Uint8Array, target: Uint8Array, at: number): void {
    const isWritten = typeof envelope === "number";
    const head = isWritten ? target[at] : envelope[ENVELOPE_ROOM];
    if (isSlice(head as number)) this.countSlice(isWritten ? envelope : envelope.length - ENVELOPE_ROOM);
  }

  // --- the end ---

  override receiveEnded(...end: Parameters<Mux["receiveEnded"]>): void {
    this.#counted = undefined;
    super.receiveEnded(...end);
  }

  // --- time ---

  override watch(channel: Sender): void {
    super.watch(channel);
    this.#host.receiveDeadline?.();
  }

  /** Whether anything waits for a time. */
  get isTimed(): boolean {
    return this.#counted !== undefined || this.isEnding;
  }

  override get wakeAt(): number {
    return Math.min(super.wakeAt, this.#counted?.restsAt ?? Infinity);
  }

  override tick(now: number): void {
    super.tick(now);
    if (this.#counted !== undefined && now >= this.#counted.restsAt) this.#counted = undefined;
  }
}

/** What is said about channels that never came to be. */
class Rejections implements Sender {
  isUrgent = false;
  isBusy = false;
  readonly #envelopes: Uint8Array[] = [];

  get count(): number {
    return this.#envelopes.length;
  }

  push(envelope: Uint8Array): void {
    this.#envelopes.push(envelope);
  }

  takeControl(): Uint8Array | undefined {
    return this.#envelopes.shift();
  }

  takeSlice(): undefined {
    return undefined;
  }
}
