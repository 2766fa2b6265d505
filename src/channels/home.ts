// How a channel and its surroundings meet: what it asks of its mux, and who opens it with what. Interfaces only.

import type { CarrierOwner } from "../base/carrier.ts";
import type { EnvelopePlace } from "../base/session.ts";
import type { Held } from "./holds.ts";
import type { IncomingShares } from "./incoming.ts";
import type { ChannelLimits } from "./limits.ts";
import type { Sender } from "./scheduler.ts";
import type { Turns } from "./turns.ts";

/** What a channel asks of its mux. */
export interface ChannelHome extends IncomingShares {
  readonly limits: ChannelLimits;
  readonly turns: Turns;
  now(): number;
  /** `channel` has a control envelope to send. */
  urge(channel: Sender): void;
  /** `channel` has a slice, or its CLOSE, to send. */
  queue(channel: Sender): void;
  /** Where an envelope may be written that is to leave at once: nothing waits that goes before it. Undefined: it has to wait as well. */
  place(): EnvelopePlace | undefined;
  /** An envelope of so many bytes was written there. It leaves now, or with what else this turn brings about. */
  receivePlaced(bytes: number): void;
  /** How often a turn was over: what was written before has left. */
  readonly departures: number;
  /** What waits in all channels has changed by `cost`. */
  charge(cost: number): void;
  /** Whether a channel in which `cost` waits may not send more; replies of a handler that goes on later get more room. */
  refuses(cost: number, isReply: boolean): boolean;
  /** Whether replies of a channel in which `cost` waits have used up their room, or those of all theirs. */
  holdsReplies(cost: number): boolean;
  /** `held` gets no message until its replies have room again. */
  receiveHeld(held: Held): void;
  /** The client's channel has its answer, or needs none any more. */
  receiveDecided(channel: Sender): void;
  /** `channel` may have a deadline from now on: tick() it. */
  watch(channel: Sender): void;
  /** Nothing is left of the channel. */
  release(channel: Sender): void;
}

/** Whoever opened a channel. */
export interface ChannelOwner extends CarrierOwner {
  /** The server has accepted the channel: it is open. Comes first, if it comes. `parameters` are what it says of it. */
  receiveAccepted(parameters: Uint8Array): void;
  /** The server's handler is done with messages of an outbox up to this one. False: that cannot be. */
  receiveHandled?(number: number): boolean;
}

/** What the client asks for. */
export interface ChannelRequest {
  readonly path: string;
  readonly protocols: readonly string[];
  readonly parameters: Uint8Array;
  /** The channel goes on from another session; `parameters` is what that one's server gave for it. */
  readonly continues?: boolean;
}

/** What makes a channel of the server movable (wire/channels-v1 §5.6). */
export interface Movable {
  /**
   * All that another node needs to go on, at most 2 KiB; the client carries it there and cannot read it. Asked once, when
   * everything has been delivered both ways. To throw closes the channel with 1011.
   */
  continuation(): Uint8Array;
}
