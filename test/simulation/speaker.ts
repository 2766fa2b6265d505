// The floor above the channels, reduced to what shows whether they keep their promises: numbered messages out on each channel, a
// strict reader for those that come in, and the memory that a reader has to keep, counted from what arrived.

import type { CloseOutcome, Delivery } from "../../src/base/carrier.ts";
import type { Violation } from "../../src/base/errors.ts";
import { OBJECT_COST } from "../../src/base/limits.ts";
import type { Pulled, SessionEnd, SessionUser } from "../../src/base/session.ts";
import type { Channel } from "../../src/channels/channel.ts";
import { decodeEnvelope, EnvelopeKind } from "../../src/channels/envelope.ts";
import type { ChannelOwner } from "../../src/channels/home.ts";
import type { Mux } from "../../src/channels/mux.ts";
import { require } from "./checker.ts";

/** What may wait in one channel: whoever reads it is slow, and its window is small. */
const MOST_BUFFERED = 150 * 1024;
const SMALL_WINDOW = 16 * 1024;

/** A handler that is not done yet. Goes on in the turn in which it is settled. */
export class Later {
  #isSettled = false;
  readonly #goOn: (() => unknown)[] = [];
  /** What the channel waits for. A promise would go on in a turn of its own, which no seed decides about. */
  readonly delivery = {} as PromiseLike<undefined>;

  constructor() {
    Reflect.set(this.delivery, "then", (goOn: () => unknown) => this.whenSettled(goOn));
  }

  whenSettled(goOn: () => unknown): void {
    if (this.#isSettled) goOn();
    else this.#goOn.push(goOn);
  }

  settle(): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    for (const goOn of this.#goOn) goOn();
  }
}

/** How a message is read. */
export type Manner = Later | "checkpoint" | undefined;

/** One end of one channel. */
export class Speaker implements ChannelOwner {
  readonly #manner: () => Manner;
  channel: Channel | undefined;
  isOpen = false;
  saidCount = 0;
  heardCount = 0;
  outcome: CloseOutcome | undefined;
  /** What this end has to keep: messages that are complete and not done with, and what has come of the next one. */
  readonly #complete: number[] = [];
  #unfinishedBytes = 0;
  #retained = 0;

  constructor(manner: () => Manner) {
    this.#manner = manner;
  }

  begin(channel: Channel): void {
    this.channel = channel;
  }

  /** A message of about `bytes` bytes, if the channel is open and has not too much to do. */
  say(bytes: number): void {
    const { channel } = this;
    if (!this.isOpen || channel === undefined || channel.bufferedBytes > MOST_BUFFERED) return;
    const message = new Uint8Array(Math.max(bytes, 4)).fill(this.saidCount + 1);
    new DataView(message.buffer).setUint32(0, this.saidCount + 1);
    if (channel.send(message) !== "dropped") this.saidCount++;
  }

  close(): void {
    this.isOpen = false;
    this.channel?.close(4_000, "enough");
  }

  /** A slice is about to be read by the channel. */
  receiveSlice(bytes: number, isFinal: boolean): void {
    this.#unfinishedBytes += bytes;
    this.#retained += bytes;
    if (!isFinal) return;
    this.#complete.push(this.#unfinishedBytes);
    this.#retained += OBJECT_COST;
    this.#unfinishedBytes = 0;
  }

  /** Of which messages the channel itself keeps nothing any more. */
  get retained(): number {
    return this.channel?.state === "open" ? this.#retained : 0;
  }

  receiveAccepted(): void {
    require(!this.isOpen && this.outcome === undefined, "I-15", () => "a channel was accepted twice");
    this.isOpen = true;
  }

  receiveMessage(data: string | Uint8Array): Delivery {
    require(typeof data !== "string" && this.outcome === undefined, "I-15", () => "a message after the end");
    if (typeof data === "string") return undefined;
    const counter = new DataView(data.buffer, data.byteOffset, data.byteLength).getUint32(0);
    const expected = this.heardCount + 1;
    require(counter >= expected, "I-03", () => `message ${String(counter)} again, expected ${String(expected)}`);
    require(counter === expected, "I-02", () => `message ${String(counter)}, expected ${String(expected)}`);
    require(data.subarray(4).every((byte) => byte === (counter & 0xff)), "I-01", () =>
      `message ${String(counter)} has bytes of another`);
    this.heardCount++;
    const manner = this.#manner();
    if (manner instanceof Later) {
      manner.whenSettled(() => this.#finish());
      return manner.delivery;
    }
    this.#finish();
    return manner;
  }

  #finish(): void {
    this.#retained -= (this.#complete.shift() ?? 0) + OBJECT_COST;
  }

  receivePing(): void {}

  receivePong(): void {}

  receiveClosing(): void {
    this.isOpen = false;
  }

  receiveClosed(outcome: CloseOutcome): void {
    require(this.outcome === undefined, "I-15", () => "a channel ended twice");
    this.outcome = outcome;
    this.isOpen = false;
  }
}

/** A mux, and what arrives at it on the way in. */
export class TappedMux<Kind extends Mux> implements SessionUser {
  readonly mux: Kind;
  readonly #speakers: Speaker[] = [];

  constructor(mux: Kind) {
    this.mux = mux;
  }

  note(speaker: Speaker): void {
    this.#speakers.push(speaker);
  }

  pull(target: Uint8Array, at: number): Pulled {
    return this.mux.pull(target, at);
  }

  receive(bytes: Uint8Array, start: number, end: number): Violation | undefined {
    const read = decodeEnvelope(bytes.subarray(start, end));
    if (read !== "unknown" && read.kind === EnvelopeKind.slice) {
      const speaker = this.#speakers.find(({ channel }) => channel?.id === read.channel);
      speaker?.receiveSlice(read.bytes.length, read.isFinal);
    }
    return this.mux.receive(bytes, start, end);
  }

  receiveRest(isAll: boolean): void {
    this.mux.receiveRest(isAll);
  }

  receiveAttached(): void {
    this.mux.receiveAttached();
  }

  receiveDetached(): void {
    this.mux.receiveDetached();
  }

  receiveEnded(end: SessionEnd): void {
    require(false, "I-15", () => `a session ended without a reason: ${end.reason}`);
  }

  /** wire/channels-v1 §5.2: windows, and two messages of the largest size. */
  check(maxMessageBytes: number, channelCount: number): void {
    const { pools, windows } = this.mux;
    const retained = this.#speakers.reduce((sum, speaker) => sum + speaker.retained, 0);
    const bound = windows.total + 2 * maxMessageBytes + channelCount * OBJECT_COST;
    require(retained <= bound, "I-12", () => `${String(retained)} bytes are kept, ${String(bound)} may be`);
    require(pools.used <= 2 * maxMessageBytes, "I-12", () => `${String(pools.used)} bytes in the pools`);
    require(windows.total <= 40 * 1024 + channelCount * SMALL_WINDOW, "P-123", () =>
      `windows of ${String(windows.total)} bytes`);
  }
}
