// The outward half of one channel's flow control: messages wait here, whole, until credit and the scheduler let a slice of
// them go (wire/channels-v1 §5.2). Short text waits as it is, and is written when it leaves. What waits here is in no outbox yet,
// so it can still be dropped. Bounds nothing: the channel asks before it pushes.

import { allocateSmall, copyBytes, FEW_BYTES, utf8Of } from "../base/bytes.ts";
import { OBJECT_COST } from "../base/limits.ts";
import { platform } from "../base/platform.ts";
import { ENVELOPE_ROOM, type EnvelopePlace, type Pulled, SHORT_ENVELOPE_BYTES } from "../base/session.ts";
import { SendCredit, sliceCost } from "./credit.ts";
import { sliceHeadBytes, writeSliceHead } from "./envelope.ts";
import type { ChannelHome } from "./home.ts";
import { Pieces } from "./pieces.ts";

/** A message as it goes out. */
export interface OutgoingMessage {
  readonly bytes: Uint8Array;
  readonly isText: boolean;
}

interface Waiting {
  /** Short text, memory that is never written to, or what is long in pieces for its slices. */
  readonly content: string | Uint8Array | Pieces;
  /** In bytes. */
  readonly length: number;
  readonly isText: boolean;
  /** Bytes of it that have left. */
  at: number;
  /** The one behind it. */
  next: Waiting | undefined;
}

/** Whoever bounds what waits. */
export interface OutgoingPayer extends Pick<ChannelHome, "place" | "receivePlaced" | "departures"> {
  /** The cost has changed by `cost`. */
  charge(cost: number): void;
}

export class Outgoing<Payer extends OutgoingPayer = OutgoingPayer> extends SendCredit {
  #first: Waiting | undefined;
  #last: Waiting | undefined;
  #count = 0;
  protected readonly payer: Payer;
  #bytes = 0;
  /** Payload bytes that leave with the departure of this number. */
  #leavingBytes = 0;
  #leavingWith = 0;
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

  /** Payload bytes that wait no more, and have left when this turn is over. */
  get leavingBytes(): number {
    return this.#leavingWith === this.payer.departures ? this.#leavingBytes : 0;
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
    return first !== undefined && this.sliceBytes(restOf(first)) >= 0;
  }

  /**
   * A message behind the others; bytes are copied. `channel` is the one that will most likely take it. True: nothing waits, as it
   * has left already.
   */
  put(data: string | Uint8Array, channel: number): boolean {
    const isText = typeof data === "string";
    if (isText && this.#isFew(data) && this.#passAscii(data, channel)) return true;
    const length = isText ? platform.utf8Length(data) : data.length;
    const isShort = length <= SHORT_BYTES;
    if (this.#first === undefined && isShort && this.#pass(data, length, channel)) return true;
    const content = isShort ? copyOf(data) : new Pieces(data, length, ENVELOPE_ROOM + sliceHeadBytes(channel));
    this.#push({ content, length, isText, at: 0, next: undefined });
    return false;
  }

  /** A short message that nothing waits before leaves at once, if it can. */
  #pass(data: string | Uint8Array, length: number, channel: number): boolean {
    // What is short is one slice or none (credit.ts).
    const place = this.available < sliceCost(length) ? undefined : this.payer.place();
    if (place === undefined) return false;
    const { memory, at } = place;
    const start = writeSliceHead(memory, at, channel, true, typeof data === "string");
    writeContent(data, 0, length, memory, start);
    this.#leave(place, start, length);
    return true;
  }

  /** So few characters, with nothing before them, that there is credit for them whatever they are. */
  #isFew(text: string): boolean {
    const { length } = text;
    return length <= FEW_BYTES && this.#first === undefined && this.available >= sliceCost(MOST_BYTES_A_UNIT * length);
  }

  /** The same for few characters, as long as they are ASCII: how many bytes they are is known when they are written. */
  #passAscii(text: string, channel: number): boolean {
    const place = this.payer.place();
    if (place === undefined) return false;
    const { memory, at } = place;
    const start = writeSliceHead(memory, at, channel, true, true);
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) return false;
      memory[start + index] = code;
    }
    this.#leave(place, start, text.length);
    return true;
  }

  /** `length` bytes of payload stand at `start`, behind their head. */
  #leave(place: EnvelopePlace, start: number, length: number): void {
    this.spend(sliceCost(length));
    // As `leavingBytes` has it, by hand: each message comes this way, and the compiler leaves that one a call.
    const { departures } = this.payer;
    this.#leavingBytes = (this.#leavingWith === departures ? this.#leavingBytes : 0) + length;
    this.#leavingWith = departures;
    const bytes = start + length - place.at;
    place.add(bytes);
    this.payer.receivePlaced(bytes);
  }

  /** A message behind the others. The bytes are kept and never written to. */
  push({ bytes, isText }: OutgoingMessage): void {
    this.#push({ content: bytes, length: bytes.length, isText, at: 0, next: undefined });
  }

  #push(message: Waiting): void {
    if (this.#last === undefined) this.#first = message;
    else this.#last.next = message;
    this.#last = message;
    this.#count++;
    this.#bytes += message.length;
    this.payer.charge(sliceCost(message.length));
  }

  /** The next slice of the oldest message, in `target` from `at` on if it is short; undefined: nothing waits, or credit is short. */
  take(channel: number, target: Uint8Array, at: number): Pulled {
    const first = this.#first;
    if (first === undefined) return undefined;
    const count = this.sliceBytes(restOf(first));
    if (count < 0) return undefined;
    const { content, isText, at: from } = first;
    const isFinal = from + count === first.length;
    this.spend(sliceCost(count));
    this.#bytes -= count;
    this.payer.charge(isFinal ? -sliceCost(count) : -count);
    first.at += count;
    if (isFinal) this.#shift(first);
    const head = sliceHeadBytes(channel);
    if (head + count <= SHORT_ENVELOPE_BYTES && !(content instanceof Pieces)) {
      writeSliceHead(target, at, channel, isFinal, isText);
      writeContent(content, from, count, target, at + head);
      return head + count;
    }
    const envelope = memoryOf(content, from, count, ENVELOPE_ROOM + head);
    writeSliceHead(envelope, ENVELOPE_ROOM, channel, isFinal, isText);
    return envelope;
  }

  #shift(first: Waiting): void {
    this.#first = first.next;
    // What has grown old would make what follows it grow old as well, to the garbage collector.
    first.next = undefined;
    this.#count--;
    if (this.#first !== undefined) return;
    this.#last = undefined;
    this.#settleDrained();
  }

  /** Takes back, whole, every message of which the last slice has not left: the peer has seen nothing of them. */
  reclaim(): readonly OutgoingMessage[] {
    const messages: OutgoingMessage[] = [];
    for (let waiting = this.#first; waiting !== undefined; waiting = waiting.next) {
      messages.push({ bytes: bytesOf(waiting), isText: waiting.isText });
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

/** So many bytes leave whole in one short envelope, whatever the credit and the channel (credit.ts). */
const SHORT_BYTES = SHORT_ENVELOPE_BYTES - 24;
/** In UTF-8, of a unit of UTF-16. */
const MOST_BYTES_A_UNIT = 3;

function copyOf(data: string | Uint8Array): string | Uint8Array {
  if (typeof data === "string") return data;
  const copy = allocateSmall(data.length);
  copyBytes(data, 0, data.length, copy, 0);
  return copy;
}

/** How many bytes of it the next slice may hold, as far as the message goes. */
function restOf({ content, length, at }: Waiting): number {
  return content instanceof Pieces ? content.restFrom(at) : length - at;
}

function bytesOf({ content }: Waiting): Uint8Array {
  if (typeof content === "string") return utf8Of(content);
  return content instanceof Pieces ? content.join() : content;
}

/** Writes `count` bytes of `content` into `target` at `at`: from its byte `from` on, or text, which is written whole. */
function writeContent(content: string | Uint8Array, from: number, count: number, target: Uint8Array, at: number): void {
  if (typeof content !== "string") {
    copyBytes(content, from, from + count, target, at);
  } else if (count > FEW_BYTES || count > content.length) {
    platform.encodeUtf8Into(content, target, at);
  } else {
    for (let index = 0; index < count; index++) target[at + index] = content.charCodeAt(index);
  }
}

/** `count` bytes of `content` from its byte `from` on, behind `room` bytes that may be written to. */
function memoryOf(content: string | Uint8Array | Pieces, from: number, count: number, room: number): Uint8Array {
  if (content instanceof Pieces) return content.cut(from, count, room);
  const memory = platform.allocateShared(room + count);
  writeContent(content, from, count, memory, room);
  return memory;
}
