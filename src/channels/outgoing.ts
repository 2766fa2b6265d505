// The outward half of one channel's flow control: messages wait here, whole, until credit and the scheduler let a slice of
// them go (wire/channels-v1 §5.2). What waits here is in no outbox yet, so it can still be dropped. Bounds nothing: the
// channel asks before it pushes.

import { OBJECT_COST } from "../base/limits.ts";
import { platform } from "../base/platform.ts";
import { SendCredit, sliceCost } from "./credit.ts";
import { MAX_SLICE_BYTES, sliceRoom, writeSliceHead } from "./envelope.ts";

/** A message as it goes out. */
export interface OutgoingMessage {
  readonly bytes: Uint8Array;
  readonly isText: boolean;
}

interface Waiting {
  /** The message stands in it from `start` on. */
  readonly memory: Uint8Array;
  readonly start: number;
  readonly length: number;
  readonly isText: boolean;
  /** Before `start` there is room for the head of a slice, and nobody else knows the memory. */
  readonly hasRoom: boolean;
  /** Bytes of it that have left. */
  at: number;
  /** The one behind it. */
  next: Waiting | undefined;
}

/** Whoever bounds what waits. */
export interface OutgoingPayer {
  /** The cost has changed by `cost`. */
  charge(cost: number): void;
}

export class Outgoing<Payer extends OutgoingPayer = OutgoingPayer> extends SendCredit {
  #first: Waiting | undefined;
  #last: Waiting | undefined;
  #count = 0;
  protected readonly payer: Payer;
  #bytes = 0;
  #drainWaiters: (() => void)[] | undefined;

  constructor(payer: Payer) {
    super();
    this.payer = payer;
  }

  /** It is its own credit: one object for each channel instead of two. */
  get credit(): SendCredit {
    return this;
  }

  /** Payload bytes that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What waits, charged as bytes and objects. */
  get cost(): number {
    return this.#bytes + this.#count * OBJECT_COST;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Whether a slice may go now. */
  get canSend(): boolean {
    const first = this.#first;
    return first !== undefined && this.sliceBytes(first.length - first.at) >= 0;
  }

  /** A message behind the others; bytes are copied. `channel` is the one that will most likely take it. */
  send(data: string | Uint8Array, channel: number): void {
    const isText = typeof data === "string";
    if (isText && data.length <= SHORT_BYTES && this.#sendAscii(data, sliceRoom(channel))) return;
    const length = isText ? platform.utf8Length(data) : data.length;
    const start = sliceRoom(channel);
    // Copied to where it will stand in its only slice, if one is enough.
    const isOneSlice = length <= MAX_SLICE_BYTES;
    const memory = isOneSlice ? allocateSlice(start + length) : platform.allocate(start + length);
    if (isText) platform.encodeUtf8Into(data, memory, start);
    else memory.set(data, start);
    this.#push({ memory, start, length, isText, hasRoom: isOneSlice, at: 0, next: undefined });
  }

  /** Short text is written while it is looked at. False: it is not ASCII. */
  #sendAscii(text: string, start: number): boolean {
    const { length } = text;
    const memory = new Uint8Array(start + length);
    for (let at = 0; at < length; at++) {
      const code = text.charCodeAt(at);
      if (code >= 0x80) return false;
      memory[start + at] = code;
    }
    this.#push({ memory, start, length, isText: true, hasRoom: true, at: 0, next: undefined });
    return true;
  }

  /** A message behind the others. The bytes are kept and never written to. */
  push({ bytes, isText }: OutgoingMessage): void {
    this.#push({ memory: bytes, start: 0, length: bytes.length, isText, hasRoom: false, at: 0, next: undefined });
  }

  #push(message: Waiting): void {
    if (this.#last === undefined) this.#first = message;
    else this.#last.next = message;
    this.#last = message;
    this.#count++;
    this.#bytes += message.length;
    this.payer.charge(sliceCost(message.length));
  }

  /** The next slice of the oldest message; undefined: nothing waits, or credit is short. */
  take(channel: number): Uint8Array | undefined {
    const first = this.#first;
    if (first === undefined) return undefined;
    const rest = first.length - first.at;
    const count = this.sliceBytes(rest);
    if (count < 0) return undefined;
    this.spend(sliceCost(count));
    this.#bytes -= count;
    const isFinal = count === rest;
    this.payer.charge(isFinal ? -sliceCost(count) : -count);
    if (isFinal) {
      this.#first = first.next;
      this.#count--;
      if (this.#first === undefined) this.#last = undefined;
      if (this.isEmpty) this.#settleDrained();
    }
    const envelope = sliceOf(first, count, channel);
    first.at += count;
    writeSliceHead(envelope, channel, isFinal, first.isText);
    return envelope;
  }

  /** Takes back, whole, every message of which the last slice has not left: the peer has seen nothing of them. */
  reclaim(): readonly OutgoingMessage[] {
    const messages: OutgoingMessage[] = [];
    for (let waiting = this.#first; waiting !== undefined; waiting = waiting.next) {
      const { memory, start, length, isText } = waiting;
      messages.push({ bytes: memory.subarray(start, start + length), isText });
    }
    this.clear();
    return messages;
  }

  /** Drops what waits. Returns how many payload bytes that were. */
  clear(): number {
    const dropped = this.#bytes;
    this.payer.charge(-this.cost);
    this.#first = undefined;
    this.#last = undefined;
    this.#count = 0;
    this.#bytes = 0;
    this.#settleDrained();
    return dropped;
  }

  /** Resolves when nothing waits. */
  drained(): Promise<void> {
    if (this.isEmpty) return Promise.resolve();
    return new Promise((resolve) => {
      this.#drainWaiters ??= [];
      this.#drainWaiters.push(resolve);
    });
  }

  #settleDrained(): void {
    const waiters = this.#drainWaiters;
    if (waiters === undefined) return;
    this.#drainWaiters = undefined;
    for (const resolve of waiters) resolve();
  }
}

/** The next `count` bytes of `message` behind the room for what stands before them: where they are, or copied. */
function sliceOf({ memory, start, length, hasRoom, at }: Waiting, count: number, channel: number): Uint8Array {
  const room = sliceRoom(channel);
  if (hasRoom && count === length && start === room) return memory;
  const envelope = allocateSlice(room + count);
  envelope.set(memory.subarray(start + at, start + at + count), room);
  return envelope;
}

/** So few bytes are sooner written here than by the platform, and lie on the heap rather than in a buffer. */
const SHORT_BYTES = 56;

function allocateSlice(bytes: number): Uint8Array {
  return bytes <= SHORT_BYTES ? new Uint8Array(bytes) : platform.allocateShared(bytes);
}
