// The server's end of a WebSocket as a Link: binary messages hold packets (wire/session-v1 §2 "Framing", §4.1). Owns a
// carrier of the engine; knows nothing of what packets mean.

import type { Borrower, CarrierOwner, CloseOutcome, Delivery, LendingCarrier } from "../base/carrier.ts";
import type { Link, LinkReceiver } from "../base/link.ts";
import { defaultSettings } from "../session/settings.ts";

/** While no more was sent, the carrier is not asked how much of it waits. */
const UNASKED_BYTES = 4 * 1024;

export class WebSocketLink<Receiver extends LinkReceiver = LinkReceiver> implements Link, CarrierOwner, Borrower {
  readonly #carrier: LendingCarrier;
  protected receiver: Receiver | undefined;
  #isWatching = false;
  /** What waited when the carrier was asked last, and what was sent since. */
  #pendingBytes = 0;

  constructor(carrier: LendingCarrier) {
    this.#carrier = carrier;
    carrier.lend(this);
  }

  open(receiver: Receiver): void {
    this.receiver = receiver;
  }

  get pendingBytes(): number {
    if (this.#pendingBytes <= UNASKED_BYTES) return this.#pendingBytes;
    this.#pendingBytes = this.#carrier.bufferedBytes;
    // A session stops here, long before the carrier would call it pressure, and waits to be told.
    if (!this.#isWatching && this.#pendingBytes >= defaultSettings.roomBytes) {
      this.#isWatching = true;
      void this.#carrier.drained().then(() => {
        this.#isWatching = false;
        this.receiver?.receiveDrain();
      });
    }
    return this.#pendingBytes;
  }

  send(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    this.#carrier.sendBytes(bytes, start, end);
    this.#pendingBytes += end - start;
  }

  close(code: number, reason: string): void {
    if (code === 1006) this.#carrier.terminate();
    else this.#carrier.close(code, reason);
  }

  receiveMessage(data: string | Uint8Array): Delivery {
    if (typeof data === "string") this.close(4400, "A text message is no packet.");
    else this.receiveLent(data, 0, data.length);
    return undefined;
  }

  receiveLent(bytes: Uint8Array, start: number, end: number, now?: number): void {
    // A server has one clock, and its sessions keep whole milliseconds of it (registry.ts).
    this.receiver?.receive(bytes, start, end, now === undefined ? undefined : Math.floor(now));
  }

  receivePing(): void {}

  receivePong(): void {}

  receiveClosing(): void {}

  receiveClosed({ code, reason }: CloseOutcome): void {
    this.receiver?.receiveClosed(code, reason);
    this.receiver = undefined;
  }
}
