// Messages that were decoded while the owner was still busy with an earlier one, in order. RELIABILITY V-23: at 16 messages
// or 256 KiB reading stops. Also knows whether a send is a reply: made inside a handler, or while its promise is pending.

import { OBJECT_COST } from "../base/limits.ts";

export class Inbox {
  readonly #maxMessages: number;
  readonly #maxBytes: number;
  #messages: (string | Uint8Array)[] | undefined;
  #bytes = 0;
  #depth = 0;
  /** The owner is not done with the last message it was given. */
  busy = false;
  /** Since when the transport is gone and the owner still busy; clock milliseconds. */
  waitedSince: number = Infinity;

  /** The bounds, as in limits.pendingMessages and limits.pendingMessageBytes. */
  constructor(maxMessages: number, maxBytes: number) {
    this.#maxMessages = maxMessages;
    this.#maxBytes = maxBytes;
  }

  /** What waits, charged as bytes and objects. A string is charged two bytes a character. */
  get cost(): number {
    return this.#messages === undefined ? 0 : this.#bytes + this.#messages.length * OBJECT_COST;
  }

  get full(): boolean {
    return (this.#messages?.length ?? 0) >= this.#maxMessages || this.cost >= this.#maxBytes;
  }

  push(data: string | Uint8Array): void {
    this.#messages ??= [];
    this.#messages.push(data);
    this.#bytes += sizeOf(data);
  }

  shift(): string | Uint8Array | undefined {
    const data = this.#messages?.shift();
    if (data === undefined) {
      this.#messages = undefined;
      return undefined;
    }
    this.#bytes -= sizeOf(data);
    return data;
  }

  clear(): void {
    this.#messages = undefined;
    this.#bytes = 0;
  }

  /** The handler is being called. */
  enter(): void {
    this.#depth++;
  }

  /** The handler's call returned. */
  leave(): void {
    this.#depth--;
  }

  /** Whether a handler's call is on the stack. */
  get replyingNow(): boolean {
    return this.#depth > 0;
  }

  /** Whether a send belongs to a message that was received. */
  get replying(): boolean {
    return this.#depth > 0 || this.busy;
  }
}

function sizeOf(data: string | Uint8Array): number {
  return typeof data === "string" ? data.length * 2 : data.length;
}
