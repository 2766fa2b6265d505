// What one channel's owner sends (wire/channels-v1 §5.2): taken or refused, counted, and weighed against what the peer reads. A
// handler whose replies pile up is not given its next message. Envelopes and states are the channel's.

import type { Pressure } from "../base/carrier.ts";
import { platform } from "../base/platform.ts";
import type { SendCredit } from "./credit.ts";
import { type Deliveries, Hold } from "./deliveries.ts";
import type { ChannelHome } from "./home.ts";
import { Outgoing, type OutgoingMessage } from "./outgoing.ts";
import type { Sender } from "./scheduler.ts";

export class Outward {
  readonly #home: ChannelHome;
  readonly #deliveries: Deliveries;
  readonly #sender: Sender;
  readonly #outgoing: Outgoing;
  #droppedBytes = 0;

  constructor(home: ChannelHome, deliveries: Deliveries, sender: Sender) {
    this.#home = home;
    this.#deliveries = deliveries;
    this.#sender = sender;
    this.#outgoing = new Outgoing(home);
  }

  get credit(): SendCredit {
    return this.#outgoing.credit;
  }

  /** Payload bytes that were sent and never left; those of a channel that is over count for ever, as WHATWG wants it. */
  get bufferedBytes(): number {
    return this.#outgoing.bytes + this.#droppedBytes;
  }

  get isEmpty(): boolean {
    return this.#outgoing.isEmpty;
  }

  /** Judged before a send: whether the peer reads too little. What a handler on the stack sends is its own measure. */
  get isRefused(): boolean {
    if (this.#deliveries.isOnStack) return false;
    return this.#home.refuses(this.#outgoing.cost, this.#deliveries.isHandling);
  }

  /** Bytes are copied. `channel` is the id of this one. */
  send(data: string | Uint8Array, channel: number): Pressure {
    this.#outgoing.send(data, channel);
    return this.#sent();
  }

  /** The bytes are kept and never written to. */
  push(message: OutgoingMessage): Pressure {
    this.#outgoing.push(message);
    return this.#sent();
  }

  #sent(): Pressure {
    this.#queue();
    if (!this.#isCongested) return "accepted";
    // A reply waits for the peer by not taking its next question. Other sends do not: both ends would wait for each other.
    if (this.#deliveries.isOnStack) this.#deliveries.hold(Hold.output);
    return "queued";
  }

  #queue(): void {
    if (this.#outgoing.canSend) this.#home.queue(this.#sender);
  }

  get #isCongested(): boolean {
    return this.#outgoing.cost > this.#home.limits.bufferBytes;
  }

  /** More credit has come. */
  resume(): void {
    this.#queue();
  }

  /** The next slice. */
  take(channel: number): Uint8Array | undefined {
    const slice = this.#outgoing.take(channel);
    if (slice !== undefined && !this.#isCongested && this.#deliveries.isHeldBy(Hold.output)) {
      // Not now: the session is taking envelopes, and a handler would make it take more.
      platform.afterMicrotasks(() => {
        if (!this.#isCongested) this.#deliveries.release(Hold.output);
      });
    }
    return slice;
  }

  drained(): Promise<void> {
    return this.#outgoing.drained();
  }

  /** Takes back what has not left whole, to be sent elsewhere. */
  reclaim(): readonly OutgoingMessage[] {
    return this.#outgoing.reclaim();
  }

  /** Drops what waits. */
  clear(): void {
    this.#droppedBytes += this.#outgoing.clear();
  }
}
