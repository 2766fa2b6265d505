// What became of the messages of durable outboxes (wire/channels-v1 §5.7): per principal, route and outbox the highest number
// that a handler was called with, and the highest that it is done with. Bounded three ways: in time after the last use, in
// outboxes, and in outboxes of one principal, so that nobody pushes the others out. Lives in this process's memory only. Each
// memory of an outbox has a random name: by that a client finds out whether it is the one that its numbers are from.

import type { Clock } from "../base/clock.ts";
import { equalBytes } from "../base/equal-bytes.ts";
import type { Random } from "../base/random.ts";
import { type OutboxAnswer, type OutboxClaim, WINDOW_BYTES } from "../channels/outbox-terms.ts";

export interface DedupeLimits {
  /** How long after its last use an outbox is remembered, in ms. */
  readonly outboxWindowMs: number;
  readonly maxOutboxes: number;
  readonly maxOutboxesPerPrincipal: number;
}

export const defaultDedupe: DedupeLimits = {
  outboxWindowMs: 600_000,
  maxOutboxes: 10_000,
  maxOutboxesPerPrincipal: 100,
};

/** Whose messages they are. */
export interface OutboxKey {
  /** Who is limited: the principal, or the address of those who have none. */
  readonly payer: string;
  /** What the numbers are kept under. */
  readonly name: string;
}

/** The channel through which an outbox sends now. */
export interface Holder {
  /** Another channel has taken its place. */
  fence(): void;
  /** The handler is done with another message. */
  receiveSettled(): void;
}

/** What is known of one outbox. */
export class Reception {
  readonly key: OutboxKey;
  /** The name of this memory. */
  readonly window: Uint8Array;
  /** The handler was called with everything up to here. */
  called: number;
  /** And is done with everything up to here. */
  settled: number;
  /** Settles when the handler is done with the last one; undefined when it is. */
  busy: Promise<void> | undefined;
  holder: Holder | undefined;
  usedAt: number;

  constructor(key: OutboxKey, window: Uint8Array, start: number, now: number) {
    this.key = key;
    this.window = window;
    this.called = start - 1;
    this.settled = start - 1;
    this.usedAt = now;
  }
}

export class DedupeWindow {
  readonly #limits: DedupeLimits;
  readonly #clock: Pick<Clock, "now">;
  readonly #random: Random;
  /** The one that was used longest ago comes first. */
  readonly #receptions = new Map<string, Reception>();
  readonly #shares = new Map<string, number>();

  constructor(limits: DedupeLimits, clock: Pick<Clock, "now">, random: Random) {
    this.#limits = limits;
    this.#clock = clock;
    this.#random = random;
  }

  get size(): number {
    return this.#receptions.size;
  }

  /** Whether another outbox may be opened under `key`: what is in use cannot make room. */
  hasRoom(key: OutboxKey): boolean {
    this.#expire();
    return this.#receptions.has(key.name) || this.#isRoomy(key.payer) || this.#oldest(key.payer) !== undefined;
  }

  /** `holder` sends the messages of an outbox from now on; whoever did before is fenced. Ask whether there is room before. */
  open(
    key: OutboxKey,
    claim: OutboxClaim,
    holder: Holder,
  ): { readonly reception: Reception; readonly answer: OutboxAnswer } {
    this.#expire();
    const before = this.#receptions.get(key.name);
    before?.holder?.fence();
    const isKnown = before !== undefined && knows(before, claim);
    const reception = isKnown ? before : this.#begin(key, claim);
    if (before !== undefined) this.#forget(before);
    const oldest = this.#isRoomy(key.payer) ? undefined : this.#oldest(key.payer);
    if (oldest !== undefined) this.#forget(oldest);
    reception.holder = holder;
    this.#remember(reception);
    const { window, settled, called } = reception;
    return { reception, answer: { window, isKnown, settled, called } };
  }

  #begin(key: OutboxKey, { first, next, resends }: OutboxClaim): Reception {
    const window = new Uint8Array(WINDOW_BYTES);
    this.#random.fill(window);
    return new Reception(key, window, resends ? first : next, this.#clock.now());
  }

  /** `holder` sends no more. */
  release(reception: Reception, holder: Holder): void {
    if (reception.holder !== holder) return;
    reception.holder = undefined;
    if (this.#receptions.get(reception.key.name) !== reception) return;
    reception.usedAt = this.#clock.now();
    this.#receptions.delete(reception.key.name);
    this.#receptions.set(reception.key.name, reception);
  }

  #expire(): void {
    const since = this.#clock.now() - this.#limits.outboxWindowMs;
    for (const reception of this.#receptions.values()) {
      if (reception.usedAt > since) return;
      if (reception.holder === undefined) this.#forget(reception);
    }
  }

  #isRoomy(payer: string): boolean {
    return !this.#hasShare(payer) && this.#receptions.size < this.#limits.maxOutboxes;
  }

  #hasShare(payer: string): boolean {
    return (this.#shares.get(payer) ?? 0) >= this.#limits.maxOutboxesPerPrincipal;
  }

  /** The oldest that is not in use; of this payer, if it has its share. */
  #oldest(payer: string): Reception | undefined {
    const hasShare = this.#hasShare(payer);
    for (const reception of this.#receptions.values()) {
      if (reception.holder === undefined && (!hasShare || reception.key.payer === payer)) return reception;
    }
    return undefined;
  }

  #remember(reception: Reception): void {
    const { name, payer } = reception.key;
    this.#receptions.set(name, reception);
    this.#shares.set(payer, (this.#shares.get(payer) ?? 0) + 1);
  }

  #forget(reception: Reception): void {
    const { name, payer } = reception.key;
    this.#receptions.delete(name);
    const left = (this.#shares.get(payer) ?? 0) - 1;
    if (left > 0) this.#shares.set(payer, left);
    else this.#shares.delete(payer);
  }
}

/**
 * Numbers from elsewhere mean nothing here, although the outbox was seen before: another process may have handled messages since,
 * the client may never have heard the answer that began this memory, or its store is a copy from an earlier day.
 */
function knows(reception: Reception, { window, first, next }: OutboxClaim): boolean {
  return equalBytes(window, reception.window) && reception.settled >= first - 1 && reception.called < next;
}
