// What one channel's owner sends (wire/channels-v1 §5.2): taken or refused, counted, and weighed against what the peer reads. A
// handler whose replies pile up is not given its next message. Envelopes and states are the channel's. One object with what it
// weighs: there is one for each channel.

import type { Pressure } from "../base/carrier.ts";
import { type Deliveries, Hold } from "./deliveries.ts";
import type { ChannelHome } from "./home.ts";
import { Outgoing, type OutgoingMessage } from "./outgoing.ts";
import type { Sender } from "./scheduler.ts";

export class Outward extends Outgoing<ChannelHome> {
  readonly #deliveries: Deliveries;
  readonly #sender: Sender;
  #droppedBytes = 0;

  constructor(home: ChannelHome, deliveries: Deliveries, sender: Sender) {
    super(home);
    this.#deliveries = deliveries;
    this.#sender = sender;
  }

  /** Payload bytes that were sent and never left; those of a channel that is over count for ever, as WHATWG wants it. */
  get bufferedBytes(): number {
    return this.bytes + this.leavingBytes + this.#droppedBytes;
  }

  /** Judged before a send: whether the peer reads too little. What a handler on the stack sends is its own measure. */
  get isRefused(): boolean {
    if (this.#deliveries.isOnStack) return false;
    return this.payer.refuses(this.cost, this.#deliveries.isHandling);
  }

  /** Bytes are copied. `channel` is the id of this one. */
  send(data: string | Uint8Array, channel: number): Pressure {
    return this.put(data, channel) ? "accepted" : this.#sent();
  }

  /** The bytes are kept and never written to. */
  override push(message: OutgoingMessage): Pressure {
    super.push(message);
    return this.#sent();
  }

  #sent(): Pressure {
    this.resume();
    if (this.cost <= this.payer.limits.bufferBytes) return "accepted";
    // A reply waits for the peer by not taking its next question: an echo can never fill the queue. Other sends do not. A
    // client's replies have room for more (limits.ts): two ends that answer each other, and both take nothing before the other
    // does, would wait for ever.
    if (this.#deliveries.isOnStack && this.payer.holdsReplies(this.cost)) {
      this.#deliveries.hold(Hold.output);
      this.payer.receiveHeld(this);
    }
    return "queued";
  }

  /** More credit has come. */
  resume(): void {
    if (this.canSend) this.payer.queue(this.#sender);
  }

  /** Enough has left that its handler may go on. */
  release(): void {
    this.#deliveries.release(Hold.output);
  }

  /** Drops what waits, for good. */
  drop(): void {
    this.#droppedBytes += this.clear();
  }
}
