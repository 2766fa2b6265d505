// Messages that were decoded while the owner was still busy with an earlier one, in order. RELIABILITY V-23: at 16 messages
// or 256 KiB it is full. A queue and its cost; when it grows and shrinks is deliveries' business.

import { OBJECT_COST } from "../base/limits.ts";

export class Inbox {
  readonly #maxMessages: number;
  readonly #maxBytes: number;
  #messages: (string | Uint8Array)[] | undefined;
  #bytes = 0;

  /** The bounds, as in limits.pendingMessages and limits.pendingMessageBytes. */
  constructor(maxMessages: number, maxBytes: number) {
    this.#maxMessages = maxMessages;
    this.#maxBytes = maxBytes;
  }

  get isEmpty(): boolean {
    return this.#messages === undefined || this.#messages.length === 0;
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
}

function sizeOf(data: string | Uint8Array): number {
  return typeof data === "string" ? data.length * 2 : data.length;
}
