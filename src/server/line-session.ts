// One session as the server holds it: the channels in it, who it belongs to, its place among the connections and its share of
// the memory budget. Joins the session's machine and its mux, and wakes the latter; decides nothing about either.

import type { Pulled, SessionEnd, SessionUser } from "../base/session.ts";
import type { Violation } from "../base/errors.ts";
import type { ChannelRequest } from "../channels/home.ts";
import type { ChannelLimits } from "../channels/limits.ts";
import { type ChannelDecision, type ChannelHost, ServerMux } from "../channels/server-mux.ts";
import type { Registry } from "../session/registry.ts";
import type { ServerSession } from "../session/server-session.ts";
import type { Sleeper } from "../session/wheel.ts";
import type { BudgetHolder } from "../socket/budget.ts";
import type { SocketRuntime } from "../socket/runtime.ts";
import type { Place } from "./admission.ts";
import type { Guest } from "./line-rules.ts";

/** What a session needs of the line. */
export interface LineSurroundings {
  readonly runtime: SocketRuntime;
  readonly registry: Registry;
  readonly channelLimits: ChannelLimits;
  /** Decides about a channel of `session`. */
  openChannel(session: LineSession, request: ChannelRequest): ChannelDecision | PromiseLike<ChannelDecision>;
  /** The place that a session of this address had among the connections is free. */
  giveBack(remoteAddress: string): void;
  /** Once, when `session` is over. */
  receiveEnded(session: LineSession, end: SessionEnd): void;
}

/** It is charged in steps: what every message changes a little need not be told each time. */
const GRAIN_BYTES = 2 * 1024;
/** Channels that end while a handler goes on have deadlines that move without a word: so often they are asked for. */
const LOOK_AGAIN_MS = 30_000;

export class LineSession implements SessionUser, ChannelHost, Sleeper, BudgetHolder {
  readonly session: ServerSession;
  readonly mux: ServerMux;
  /** Who was let in last; channels that are open already keep whom they were opened by. */
  guest: Guest;
  readonly #surroundings: LineSurroundings;
  /** Whose place among the connections it has. */
  readonly #payer: string | undefined;
  wakeSlot: number | undefined;
  /** What it was charged last. */
  #cost = 0;
  /** When it is settled next: when there is nothing more to pull, when what came together was taken in, or in a microtask. */
  #settles: "pulled" | "received" | "soon" = "pulled";
  /** When it is woken next, if ever. */
  #wakeAt: number | undefined;
  /** It ends so as soon as it has no channel any more. */
  #leaving: { readonly code: number; readonly reason: string } | undefined;

  constructor(session: ServerSession, guest: Guest, place: Place | undefined, surroundings: LineSurroundings) {
    this.session = session;
    this.guest = guest;
    this.#payer = place?.remoteAddress;
    this.#surroundings = surroundings;
    const { registry, channelLimits } = surroundings;
    this.mux = new ServerMux({ clock: registry, limits: channelLimits, host: this });
    this.mux.connect(session);
  }

  // --- the session's user: the mux, and what it costs ---

  pull(target: Uint8Array, at: number): Pulled {
    const envelope = this.mux.pull(target, at);
    // Nothing more goes out now: this is what waits.
    if (envelope === undefined && this.#settles !== "received") this.#settle();
    return envelope;
  }

  receive(bytes: Uint8Array, start: number, end: number): Violation | undefined {
    this.#settles = "received";
    return this.mux.receive(bytes, start, end);
  }

  receiveRest(isAll: boolean): void {
    this.mux.receiveRest(isAll);
    this.#settles = "pulled";
    this.#settle();
  }

  open(request: ChannelRequest): ChannelDecision | PromiseLike<ChannelDecision> {
    return this.#surroundings.openChannel(this, request);
  }

  receiveAttached(): void {
    this.mux.receiveAttached();
    this.#settle();
  }

  receiveDetached(): void {
    this.mux.receiveDetached();
    this.#settle();
  }

  receiveEnded(end: SessionEnd): void {
    this.#settles = "pulled";
    const { registry } = this.#surroundings;
    const isLeft = end.by === "bye" && (end.code === 1000 || end.code === 1001);
    this.mux.receiveEnded(end, () => isLeft);
    registry.release(this);
    // A handler that takes for ever does so after the session as well: what waits for it is kept until its channel's deadline.
    this.#settle();
    this.#schedule();
    const surroundings = this.#surroundings;
    if (this.#payer !== undefined) surroundings.giveBack(this.#payer);
    surroundings.receiveEnded(this, end);
  }

  /** Ends the session when its channels have closed; at once when nobody is there to close them. */
  leave(code: number, reason: string): void {
    this.#leaving = { code, reason };
    this.#leaveIfEmpty();
  }

  #leaveIfEmpty(): void {
    if (this.#leaving === undefined) return;
    if (this.mux.channels.length > 0 && this.session.current !== undefined) return;
    const { code, reason } = this.#leaving;
    // Not now: the session may be in the midst of giving us what closed the last channel.
    queueMicrotask(() => this.session.bye(code, reason));
  }

  #settle(): void {
    if (this.#leaving !== undefined && !this.mux.isOver) this.#leaveIfEmpty();
    const held = this.#held();
    if (held > this.#cost || held <= this.#cost - GRAIN_BYTES) {
      this.#cost = Math.ceil(held / GRAIN_BYTES) * GRAIN_BYTES;
      this.#surroundings.runtime.budget.update(this, this.#cost);
    }
    // It is woken often enough for deadlines that are not moved; only an earlier one needs a word.
    if (this.mux.isTimed && this.mux.wakeAt < this.wakeAt) this.#schedule();
  }

  /** Both directions: what came and is not done with, and what goes out until it is acknowledged. */
  #held(): number {
    const { queuedCost, receivedCost } = this.mux;
    return this.session.retainedBytes + queuedCost + receivedCost;
  }

  /** What waits grows also while nobody takes it: without a transport, behind one that is not read, for want of credit. */
  receiveCharged(): void {
    if (this.#settles !== "pulled" || this.#held() <= this.#cost) return;
    this.#settles = "soon";
    // Not now: whoever sends is in the midst of it, and may be the one who has to go.
    queueMicrotask(() => {
      if (this.#settles === "soon") this.#settles = "pulled";
      this.#settle();
    });
  }

  receiveDeadline(): void {
    if (this.#wakeAt === undefined) this.#schedule();
  }

  #schedule(): void {
    const { registry } = this.#surroundings;
    const lookAt = this.mux.isEnding ? registry.now() + LOOK_AGAIN_MS : Infinity;
    const at = Math.min(this.mux.wakeAt, lookAt);
    this.#wakeAt = at === Infinity ? undefined : at;
    registry.schedule(this);
  }

  // --- time ---

  get wakeAt(): number {
    return this.#wakeAt ?? Infinity;
  }

  tick(): void {
    this.mux.tick(this.#surroundings.registry.now());
    this.#settle();
    this.#schedule();
  }

  // --- the memory budget ---

  /** Its credit bounds what may still come: nothing is gained by reading later. */
  throttle(): void {}

  relieve(): void {}

  shed(): void {
    this.session.bye(1013, "The memory of all connections together is used up.");
  }
}
