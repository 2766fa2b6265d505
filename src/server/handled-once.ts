// The owner of a channel that carries a durable outbox (wire/channels-v1 §5.7): counts what the handler is called with, where
// ACCEPT has said, and tells the client how far it is. A message counts in the turn in which the handler is called, so nothing
// that happens between can make it two calls, or none. A handler that fails has handled its message.

import type { CarrierOwner, CloseOutcome, Delivery } from "../base/carrier.ts";
import type { Clock, Timer } from "../base/clock.ts";
import { LocalError } from "../base/errors.ts";
import { encodeAnswer, type OutboxClaim } from "../channels/outbox-terms.ts";
import type { ServerChannel } from "../channels/server-channel.ts";
import type { DedupeWindow, Holder, OutboxKey, Reception } from "./dedupe-window.ts";
import type { ServerSocket } from "./peer.ts";

/** So many messages, or so long after the first of fewer, and the client is told. */
const TELL_EACH = 32;
const TELL_MS = 50;

export interface HandledOnceOptions {
  readonly window: DedupeWindow;
  readonly clock: Clock;
  readonly key: OutboxKey;
  readonly claim: OutboxClaim;
  /** So many messages that the client still kept had been handled, and do not come again. */
  readonly receiveRepeats: (count: number) => void;
}

export class HandledOnce implements CarrierOwner, Holder {
  readonly #options: HandledOnceOptions;
  readonly #channel: ServerChannel;
  #reception: Reception | undefined;
  #peer: ServerSocket | undefined;
  #told = 0;
  #timer: Timer | undefined;

  constructor(channel: ServerChannel, options: HandledOnceOptions) {
    this.#channel = channel;
    this.#options = options;
  }

  /** What ACCEPT says; from here on the outbox sends through this channel. */
  greet(): Uint8Array {
    const { window, key, claim } = this.#options;
    const { reception, answer } = window.open(key, claim, this);
    this.#reception = reception;
    this.#told = answer.settled;
    if (answer.isKnown) this.#options.receiveRepeats(answer.called + 1 - claim.first);
    return encodeAnswer(answer);
  }

  /** Whom the messages are for. */
  open(peer: ServerSocket): void {
    this.#peer = peer;
  }

  // --- inward ---

  receiveMessage(data: string | Uint8Array): Delivery {
    const reception = this.#reception;
    const peer = this.#peer;
    if (reception === undefined || peer === undefined || reception.holder !== this) return undefined;
    // Also what a former channel has begun is waited for: the handler gets one message at a time.
    const wait = reception.busy ?? peer.opening;
    if (wait !== undefined) return wait.then(() => this.receiveMessage(data));
    // Nobody would hear it: it is not handled, and comes again.
    if (peer.readyState !== peer.OPEN) return undefined;
    reception.called += 1;
    const delivery = peer.receiveMessage(data);
    if (delivery === undefined || delivery === "checkpoint") {
      settle(reception);
      return delivery;
    }
    const settled = (): void => {
      reception.busy = undefined;
      settle(reception);
    };
    reception.busy = Promise.resolve(delivery).then(settled, settled);
    return reception.busy;
  }

  /** Called by whichever channel the handler was called through. */
  receiveSettled(): void {
    const { settled = 0 } = this.#reception ?? {};
    if (settled - this.#told >= TELL_EACH || this.#peer?.readyState !== this.#peer?.OPEN) this.#tell();
    else if (settled > this.#told) this.#timer ??= this.#options.clock.schedule(TELL_MS, () => this.#tell());
  }

  receivePing(payload: Uint8Array): void {
    this.#peer?.receivePing(payload);
  }

  receivePong(payload: Uint8Array): void {
    this.#peer?.receivePong(payload);
  }

  receiveClosing(): void {
    this.#tell();
    this.#peer?.receiveClosing();
  }

  receiveClosed(outcome: CloseOutcome): void {
    this.#timer?.cancel();
    if (this.#reception !== undefined) this.#options.window.release(this.#reception, this);
    this.#peer?.receiveClosed(outcome);
  }

  // --- outward ---

  #tell(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const { settled = 0 } = this.#reception ?? {};
    if (settled <= this.#told) return;
    this.#told = settled;
    this.#channel.tellHandled(settled);
  }

  fence(): void {
    const message = "Another channel sends the messages of this outbox now.";
    this.#channel.fence(message, new LocalError("LW_SERVER_OUTBOX_FENCED", message));
  }
}

/** Whoever sends for the outbox now tells its client. */
function settle(reception: Reception): void {
  reception.settled = reception.called;
  reception.holder?.receiveSettled();
}
