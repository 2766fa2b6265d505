// The floor above a session, reduced to what shows whether the session keeps its promises: numbered messages out, and a strict
// reader for those that come in. The first envelope of a client stands for OPEN, the only one that may follow HELLO at once.

import type { Violation } from "../../src/base/errors.ts";
import {
  type Pulled,
  type Session,
  type SessionEnd,
  type SessionUser,
  SHORT_ENVELOPE_BYTES,
} from "../../src/base/session.ts";
import { given } from "../support/pulled.ts";
import { type History, require } from "./checker.ts";

const HEAD_BYTES = 9;
const OPEN = 1;
const MESSAGE = 2;

export class Talker implements SessionUser {
  /** Stands in every envelope, so that a reader knows whose it is. */
  readonly author: number;
  readonly isClient: boolean;
  readonly #history: History;
  /** Called when an envelope arrives, before it is read: whether it may arrive now. */
  readonly #arriving: () => void;
  readonly #onEnd: (end: SessionEnd) => void;
  session: Session | undefined;
  isAttached = false;
  attachedCount = 0;
  end: SessionEnd | undefined;
  /** Sizes of the messages that wait to be pulled. */
  readonly #waiting: number[] = [];
  pulledCount = 0;
  deliveredCount = 0;
  /** Whose messages these are, once one has come. */
  peer: number | undefined;
  /** What the peer's author is told in its first envelope. */
  largest = 0;

  constructor(
    author: number,
    isClient: boolean,
    history: History,
    arriving: () => void,
    onEnd: (end: SessionEnd) => void,
  ) {
    this.author = author;
    this.isClient = isClient;
    this.#history = history;
    this.#arriving = arriving;
    this.#onEnd = onEnd;
    if (isClient) this.#waiting.push(0);
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Says something of `bytes` bytes. */
  say(bytes: number): void {
    if (this.end !== undefined) return;
    this.#waiting.push(bytes);
    // Every other one is written where it is to stand, if it may go at once.
    if (this.pulledCount % 2 === 1 && this.#waiting.length === 1 && bytes + HEAD_BYTES <= SHORT_ENVELOPE_BYTES)
      this.#write();
    this.session?.wake();
  }

  #write(): void {
    const place = this.session?.place();
    if (place === undefined) return;
    require(this.isAttached && this.end === undefined, "I-15", () => "a place without a transport");
    const envelope = this.#next(false);
    place.memory.set(envelope, place.at);
    place.add(envelope.length);
  }

  pull(target: Uint8Array, at: number, openOnly: boolean): Pulled {
    require(this.end === undefined, "I-15", () => "a session that has ended pulls");
    require(openOnly || this.attachedCount > 0, "I-15", () => "a session pulls before it is attached");
    const isOpen = this.isClient && this.pulledCount === 0;
    if (openOnly && !isOpen) return undefined;
    if (this.#waiting.length === 0) return undefined;
    return given(this.#next(isOpen), target, at, this.pulledCount % 3 === 0);
  }

  /** What waits longest, as it is sent. */
  #next(isOpen: boolean): Uint8Array {
    const size = this.#waiting.shift() ?? 0;
    this.pulledCount++;
    const envelope = new Uint8Array(HEAD_BYTES + size).fill(this.pulledCount);
    const view = new DataView(envelope.buffer);
    view.setUint8(0, isOpen ? OPEN : MESSAGE);
    view.setUint32(1, this.author);
    view.setUint32(5, this.pulledCount);
    this.largest = Math.max(this.largest, size + HEAD_BYTES);
    return envelope;
  }

  receive(bytes: Uint8Array, start: number, end: number): Violation | undefined {
    const envelope = bytes.subarray(start, end);
    require(this.end === undefined, "I-15", () => "an envelope comes after the end");
    this.#arriving();
    const view = new DataView(envelope.buffer, envelope.byteOffset, envelope.byteLength);
    const author = view.getUint32(1);
    const counter = view.getUint32(5);
    this.peer ??= author;
    require(author === this.peer, "I-01", () => `a message of ${author} in the conversation with ${String(this.peer)}`);
    const expected = this.deliveredCount + 1;
    require(counter >= expected, "I-03", () => `message ${counter} of ${author} again, expected ${expected}`);
    require(counter === expected, "I-02", () => `message ${counter} of ${author}, expected ${expected}`);
    const isWhole = envelope.subarray(HEAD_BYTES).every((byte) => byte === (counter & 0xff));
    require(isWhole, "I-01", () => `message ${counter} of ${author} has bytes of another`);
    this.deliveredCount = counter;
    if (envelope[0] === MESSAGE) this.#history.deliver(author, counter);
    return undefined;
  }

  receiveRest(): void {}

  receiveAttached(): void {
    require(!this.isAttached && this.end === undefined, "I-15", () => "attached twice, or after the end");
    this.isAttached = true;
    this.attachedCount++;
  }

  receiveDetached(): void {
    require(this.isAttached && this.end === undefined, "I-15", () => "detached without being attached");
    this.isAttached = false;
  }

  receiveEnded(end: SessionEnd): void {
    require(this.end === undefined, "I-15", () => "ended twice");
    this.end = end;
    this.isAttached = false;
    this.#onEnd(end);
  }
}
