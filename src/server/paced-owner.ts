// Keeps a client to `limits.messagesPerSecond` on a channel: what comes faster waits a second, and the credit that it holds
// back meanwhile stops the client. So nobody is closed here, as a plain connection is, whose bytes nothing else holds back
// (RELIABILITY §5.2 messageRate). Passes everything else on.

import type { CarrierOwner, CloseOutcome, Delivery } from "../base/carrier.ts";
import type { Clock } from "../base/clock.ts";
import type { Limits } from "../base/limits.ts";
import { TokenBucket } from "../base/token-bucket.ts";

const PAUSE_MS = 1_000;

export class PacedOwner implements CarrierOwner {
  readonly #owner: CarrierOwner;
  readonly #clock: Clock;
  readonly #bucket: TokenBucket;
  /** Called each time the client has to wait. */
  readonly #receivePause: () => void;

  constructor(
    owner: CarrierOwner,
    limits: Pick<Limits, "messagesPerSecond" | "messageBurst">,
    clock: Clock,
    receivePause: () => void,
  ) {
    this.#owner = owner;
    this.#clock = clock;
    this.#bucket = new TokenBucket(limits.messagesPerSecond, limits.messageBurst, clock.now());
    this.#receivePause = receivePause;
  }

  receiveMessage(data: string | Uint8Array): Delivery {
    const delivery = this.#owner.receiveMessage(data);
    if (this.#bucket.take(this.#clock.now())) return delivery;
    this.#receivePause();
    const pause = new Promise<void>((resolve) => {
      this.#clock.schedule(PAUSE_MS, resolve);
    });
    return typeof delivery === "object" ? Promise.all([delivery, pause]) : pause;
  }

  receivePing(payload: Uint8Array): void {
    this.#owner.receivePing(payload);
  }

  receivePong(payload: Uint8Array): void {
    this.#owner.receivePong(payload);
  }

  receiveClosing(): void {
    this.#owner.receiveClosing();
  }

  receiveClosed(outcome: CloseOutcome): void {
    this.#owner.receiveClosed(outcome);
  }
}
