// The server's end of a WebSocket as a Link: binary messages hold packets (wire/session-v1 §2 "Framing", §4.1). Owns a
// carrier of the engine; knows nothing of what packets mean.

import type { Borrower, CarrierOwner, CloseOutcome, Delivery, LendingCarrier } from "../base/carrier.ts";
import type { Link, LinkReceiver } from "../base/link.ts";
import { defaultSettings } from "../session/settings.ts";

/** So little may wait or not: whether it does is not worth asking the carrier. */
const FEW_BYTES = 4 * 1024;

export class WebSocketLink<Receiver extends LinkReceiver = LinkReceiver> implements Link, CarrierOwner, Borrower {
  readonly #carrier: LendingCarrier;
  protected receiver: Receiver | undefined;
  #isWatching = false;
  /** What waited when the carrier was asked last, and what was sent since: by itself it becomes only less. */
  #mostPendingBytes = 0;

  constructor(carrier: LendingCarrier) {
    this.#carrier = carrier;
    carrier.lend(this);
  }

  open(receiver: Receiver): void {
    this.receiver = receiver;
  }

  get pendingBytes(): number {
    return this.#pendingBytes(FEW_BYTES);
  }

  /** What waits; or at most waits, if that is so little. */
  #pendingBytes(little: number): number {
    if (this.#mostPendingBytes > little) this.#mostPendingBytes = this.#carrier.bufferedBytes;
    return this.#mostPendingBytes;
  }

  send(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    this.#carrier.sendBytes(bytes, start, end);
    this.#mostPendingBytes += end - start;
    // A session stops here, long before the carrier would call it pressure, and waits to be told.
    const { roomBytes } = defaultSettings;
    if (this.#isWatching || this.#pendingBytes(roomBytes - 1) < roomBytes) return;
    this.#isWatching = true;
    void this.#carrier.drained().then(() => {
      this.#isWatching = false;
      this.receiver?.receiveDrain();
    });
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
