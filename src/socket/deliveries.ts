// Tells the owner of one connection what arrived, in order and one thing at a time: messages, that closing began, that it is
// closed. DESIGN §4 "two deliveries": a hook's promise holds the next message back, an event is followed by a microtask
// checkpoint. Stops reading while too much waits; the driver makes it go on.

import process from "node:process";
import type { Limits } from "../base/limits.ts";
import type { Borrower, CarrierOwner, CloseOutcome } from "../base/carrier.ts";
import { Inbox } from "./inbox.ts";
import { Hold, type Reading } from "./reading.ts";

/** What deliveries asks of the driver. */
export interface DeliveryDriver {
  /** The owner is ready for more: let reading go on and flush what it sent. */
  afterDelivery(): void;
}

export class Deliveries implements Borrower {
  readonly #driver: DeliveryDriver;
  readonly #reading: Reading;
  readonly #inbox: Inbox;
  #owner: CarrierOwner | undefined;
  /** Who takes binary messages where they lie, and holds none back. */
  borrower: Borrower | undefined;
  #busy = false;
  #depth = 0;
  #closing: "no" | "waiting" | "told" = "no";
  #outcome: CloseOutcome | undefined;

  constructor(driver: DeliveryDriver, reading: Reading, limits: Limits) {
    this.#driver = driver;
    this.#reading = reading;
    this.#inbox = new Inbox(limits.pendingMessages, limits.pendingMessageBytes);
  }

  /** Begins; nothing may be delivered before. */
  open(owner: CarrierOwner): void {
    this.#owner = owner;
    // Whoever is given a carrier may close it before it begins.
    if (this.#closing === "waiting") this.#tellClosing();
  }

  get owner(): CarrierOwner | undefined {
    return this.#owner;
  }

  /** What waits for the owner, charged as bytes and objects. */
  get cost(): number {
    return this.#inbox.cost;
  }

  /** Whether the owner's handler is on the stack: a send made now answers what it was given. */
  get isOnStack(): boolean {
    return this.#depth > 0;
  }

  /** Whether the owner is handling a message, on the stack or in a promise. */
  get isHandling(): boolean {
    return this.#depth > 0 || this.#busy;
  }

  receiveMessage(data: string | Uint8Array): void {
    if (!this.#busy && this.#inbox.isEmpty) {
      this.#deliver(data);
      return;
    }
    this.#inbox.push(data);
    if (this.#inbox.full) this.#reading.stop(Hold.inbox);
  }

  receiveLent(bytes: Uint8Array, start: number, end: number, now?: number): void {
    this.#depth++;
    this.borrower?.receiveLent(bytes, start, end, now);
    this.#depth--;
  }

  /** Closing began. Messages that came before it are dispatched first, while the socket still counts as open. */
  receiveClosing(): void {
    if (this.#closing !== "no") return;
    this.#closing = "waiting";
    if (this.#inbox.isEmpty && !this.#reading.isHeldBy(Hold.checkpoint)) this.#tellClosing();
  }

  /** The transport is gone. Tells the owner now or, while messages still wait for it, after them. */
  receiveClosed(outcome: CloseOutcome): void {
    this.#outcome = outcome;
    if (this.#inbox.isEmpty && !this.#reading.isHeldBy(Hold.checkpoint)) this.conclude();
    else this.goOn();
  }

  /** Tells the owner that it is over, whatever still waits. */
  conclude(): void {
    const owner = this.#owner;
    if (owner === undefined || this.#outcome === undefined) return;
    this.#tellClosing();
    this.#inbox.clear();
    this.#owner = undefined;
    owner.receiveClosed(this.#outcome);
  }

  /** Drops what waits: this side ended the conversation. */
  clear(): void {
    this.#inbox.clear();
  }

  #deliver(data: string | Uint8Array): void {
    if (this.#owner === undefined) return;
    this.#depth++;
    const delivery = this.#owner.receiveMessage(data);
    this.#depth--;
    if (delivery === undefined) return;
    this.#busy = true;
    if (delivery === "checkpoint") {
      this.#reading.stop(Hold.checkpoint);
      // A tick asked for from a microtask runs when all microtasks are done: the checkpoint browsers make between tasks.
      queueMicrotask(() => process.nextTick(endDelivery, this));
      return;
    }
    const settled = (): void => {
      this.endDelivery();
    };
    delivery.then(settled, settled);
  }

  /** The owner is done with a message: the next one, or what comes after the last. */
  endDelivery(): void {
    this.#busy = false;
    this.goOn();
    this.#driver.afterDelivery();
  }

  /** Delivers what waits, if the owner is ready and what it answered does not pile up before a slow peer. */
  goOn(): void {
    this.#reading.active = true;
    while (this.#isFree()) {
      const data = this.#inbox.shift();
      if (data === undefined) break;
      this.#deliver(data);
    }
    this.#reading.active = false;
    if (!this.isReady) return;
    if (this.#closing === "waiting") this.#tellClosing();
    this.conclude();
  }

  /** Whether the owner is not done with the last message it was given. */
  get isBusy(): boolean {
    return this.#busy;
  }

  /** Whether the owner has been given everything and is done with it. */
  get isReady(): boolean {
    return !this.#busy && this.#inbox.isEmpty;
  }

  #isFree(): boolean {
    return !this.#busy && (this.#outcome !== undefined || !this.#reading.isHeldBy(Hold.output));
  }

  #tellClosing(): void {
    if (this.#closing === "told" || this.#owner === undefined) return;
    this.#closing = "told";
    this.#owner.receiveClosing();
  }
}

function endDelivery(deliveries: Deliveries): void {
  deliveries.endDelivery();
}
