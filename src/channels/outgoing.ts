// The outward half of one channel's flow control: messages wait here, whole, until credit and the scheduler let a slice of
// them go (wire/channels-v1 §5.2). What waits here is in no outbox yet, so it can still be dropped. Bounds nothing: the
// channel asks before it pushes.

import { OBJECT_COST } from "../base/limits.ts";
import { platform } from "../base/platform.ts";
import { SendCredit, sliceCost } from "./credit.ts";
import { encodeSliceHead } from "./envelope.ts";

/** A message as it goes out. */
export interface OutgoingMessage {
  readonly bytes: Uint8Array;
  readonly isText: boolean;
}

interface Waiting extends OutgoingMessage {
  /** Bytes of it that have left. */
  at: number;
}

export class Outgoing {
  readonly credit: SendCredit = new SendCredit();
  readonly #messages: Waiting[] = [];
  readonly #charge: (cost: number) => void;
  #bytes = 0;
  #drainWaiters: (() => void)[] = [];

  /** `charge` is told each change of the cost. */
  constructor(charge: (cost: number) => void) {
    this.#charge = charge;
  }

  /** Payload bytes that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What waits, charged as bytes and objects. */
  get cost(): number {
    return this.#bytes + this.#messages.length * OBJECT_COST;
  }

  get isEmpty(): boolean {
    return this.#messages.length === 0;
  }

  /** Whether a slice may go now. */
  get canSend(): boolean {
    const first = this.#messages[0];
    return first !== undefined && this.credit.sliceBytes(first.bytes.length - first.at) >= 0;
  }

  /** A message behind the others; bytes are copied. */
  send(data: string | Uint8Array): void {
    if (typeof data === "string") {
      const bytes = platform.allocate(platform.utf8Length(data));
      platform.encodeUtf8Into(data, bytes, 0);
      this.push({ bytes, isText: true });
    } else {
      const copy = platform.allocate(data.length);
      copy.set(data);
      this.push({ bytes: copy, isText: false });
    }
  }

  /** A message behind the others. The bytes are kept and never written to. */
  push({ bytes, isText }: OutgoingMessage): void {
    this.#messages.push({ bytes, isText, at: 0 });
    this.#bytes += bytes.length;
    this.#charge(sliceCost(bytes.length));
  }

  /** The next slice of the oldest message, in parts; undefined: nothing waits, or credit is short. */
  take(channel: number): readonly Uint8Array[] | undefined {
    const first = this.#messages[0];
    if (first === undefined) return undefined;
    const rest = first.bytes.length - first.at;
    const count = this.credit.sliceBytes(rest);
    if (count < 0) return undefined;
    this.credit.spend(sliceCost(count));
    this.#bytes -= count;
    this.#charge(count === rest ? -sliceCost(count) : -count);
    if (count === rest) this.#messages.shift();
    if (this.isEmpty) this.#settleDrained();
    const start = first.at;
    first.at += count;
    return [encodeSliceHead(channel, count === rest, first.isText), first.bytes.subarray(start, start + count)];
  }

  /** Takes back, whole, every message of which the last slice has not left: the peer has seen nothing of them. */
  reclaim(): readonly OutgoingMessage[] {
    const messages = this.#messages.map(({ bytes, isText }) => ({ bytes, isText }));
    this.clear();
    return messages;
  }

  /** Drops what waits. Returns how many payload bytes that were. */
  clear(): number {
    const dropped = this.#bytes;
    this.#charge(-this.cost);
    this.#messages.length = 0;
    this.#bytes = 0;
    this.#settleDrained();
    return dropped;
  }

  /** Resolves when nothing waits. */
  drained(): Promise<void> {
    if (this.isEmpty) return Promise.resolve();
    return new Promise((resolve) => {
      this.#drainWaiters.push(resolve);
    });
  }

  #settleDrained(): void {
    for (const resolve of this.#drainWaiters.splice(0)) resolve();
  }
}
