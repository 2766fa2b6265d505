// The messages of an outbox in memory, oldest first: those with numbers, which may have been sent and stay until the server has
// told what became of them, then those without. Bounds, numbers and what must be written next; no store, no channel, no time.

import { OBJECT_COST } from "../../base/limits.ts";
import type { StoreChanges, StoredMessage } from "./store.ts";

export interface Kept extends StoredMessage {
  number: number;
  /** The number with which it was given to the store; undefined: it was not. */
  written: number | undefined;
  /** And with which it is known to be in it. */
  stored: number | undefined;
}

export class Backlog {
  #kept: Kept[] = [];
  #bytes = 0;
  #cost = 0;
  #nextKey = 1;
  #next = 1;
  /** Gone from here and still in the store. */
  #removedKeys: number[] = [];

  /** What the store had comes before what was added meanwhile. */
  load(messages: readonly StoredMessage[], next: number): void {
    this.#next = next;
    const added = this.#kept;
    this.clear();
    for (const message of messages) this.#push({ ...message, written: message.number, stored: message.number });
    this.#nextKey = (messages.at(-1)?.key ?? 0) + 1;
    for (const { bytes, isText } of added) this.add(bytes, isText);
  }

  /** Forgets everything here; the store is not asked to. */
  clear(): void {
    this.#kept = [];
    this.#removedKeys = [];
    this.#bytes = 0;
    this.#cost = 0;
  }

  get count(): number {
    return this.#kept.length;
  }

  /** Payload bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes and objects. */
  get cost(): number {
    return this.#cost;
  }

  /** The number of the next message that gets one. */
  get next(): number {
    return this.#next;
  }

  /** The number of the oldest message that has one; `next` if none has. */
  get first(): number {
    return this.#next - this.#numberedCount;
  }

  get #numberedCount(): number {
    const front = this.#kept[0]?.number ?? 0;
    return front === 0 ? 0 : this.#next - front;
  }

  /** Those that may have been sent. */
  get numbered(): readonly Kept[] {
    return this.#kept.slice(0, this.#numberedCount);
  }

  /** The message with this number. */
  find(number: number): Kept | undefined {
    const { first } = this;
    return number < first || number >= this.#next ? undefined : this.#kept[number - first];
  }

  /** The bytes are kept and never written to. */
  add(bytes: Uint8Array, isText: boolean): void {
    this.#push({ key: this.#nextKey++, number: 0, bytes, isText, written: undefined, stored: undefined });
  }

  #push(message: Kept): void {
    this.#kept.push(message);
    this.#bytes += message.bytes.length;
    this.#cost += message.bytes.length + OBJECT_COST;
  }

  /** Gives numbers to the next messages, while what has one and is not among the first `sent` numbers is below `room`. */
  enumerate(sent: number, room: number): void {
    const count = this.#numberedCount;
    let cost = 0;
    for (let at = 0; at < this.#kept.length && cost < room; at++) {
      const message = this.#kept[at] as Kept;
      if (at < count && message.number <= sent) continue;
      cost += message.bytes.length + OBJECT_COST;
      if (at >= count) message.number = this.#next++;
    }
  }

  /** Those up to `number` are done with. */
  settle(number: number): void {
    this.#remove(0, Math.max(0, Math.min(this.#numberedCount, number + 1 - this.first)));
  }

  /** The oldest one that cannot have been sent; undefined if all may have been. */
  dropOldest(): Kept | undefined {
    return this.#remove(this.#numberedCount, 1)[0];
  }

  /**
   * Drops the largest of those up to the number `sent`, because the server has refused one for its size. It was never handled, and so
   * none behind it: those get other numbers, so that there is no hole.
   */
  dropLargest(sent: number): Kept | undefined {
    const candidates = this.numbered.filter(({ number }) => number <= sent);
    const largest = candidates.reduce<Kept | undefined>(
      (most, one) => (one.bytes.length > (most?.bytes.length ?? -1) ? one : most),
      undefined,
    );
    if (largest === undefined) return undefined;
    const at = this.#kept.indexOf(largest);
    this.#remove(at, 1);
    this.#next = largest.number;
    for (const message of this.#kept.slice(at)) message.number = 0;
    return largest;
  }

  #remove(at: number, count: number): Kept[] {
    const removed = this.#kept.splice(at, count);
    for (const { key, bytes, written } of removed) {
      this.#bytes -= bytes.length;
      this.#cost -= bytes.length + OBJECT_COST;
      if (written !== undefined) this.#removedKeys.push(key);
    }
    return removed;
  }

  // --- the store ---

  /** What must be written now; it counts as given to the store from here on. */
  takeChanges(): Pick<StoreChanges, "appended" | "renumbered" | "removedKeys"> {
    const removedKeys = this.#removedKeys;
    this.#removedKeys = [];
    const changed = this.#kept.filter(({ number, written }) => number !== written);
    const [appended, renumbered]: [StoredMessage[], StoredMessage[]] = [[], []];
    for (const message of changed) {
      const { key, number, bytes, isText, written } = message;
      (written === undefined ? appended : renumbered).push({ key, number, bytes, isText });
      message.written = number;
    }
    return { appended, renumbered, removedKeys };
  }

  /** What was given to the store is in it. */
  confirm(): void {
    for (const message of this.#kept) message.stored = message.written;
  }

  /** What is not in the store. */
  get unsaved(): readonly Kept[] {
    return this.#kept.filter(({ stored }) => stored === undefined);
  }
}
