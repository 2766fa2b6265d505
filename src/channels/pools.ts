// Where the bytes of unfinished messages are kept that were consumed before their message was complete (wire/channels-v1
// §5.2), so that a message larger than its window can arrive: `shared`, for all of a session, and one `reserve` for the
// oldest unfinished message. Both get their bytes back when the message is dispatched, not when it is complete: complete
// messages must not pile up behind a slow handler. Counts only; the bytes are assembly's.

/** Whoever takes a message in. */
export interface Claimant {
  /** Room that was refused may be there now. */
  retry(): void;
}

/** One message's share of the pools. */
export interface Claim {
  shared: number;
  /** Whether the reserve is held, and how much of it. */
  reserve: number;
  readonly claimant: Claimant;
}

export class Pools {
  readonly #size: number;
  #shared = 0;
  #holder: Claim | undefined;
  /** In the order in which the messages began. */
  readonly #unfinished = new Set<Claim>();
  readonly #refused = new Set<Claim>();

  /** Each pool holds one message of the largest size. */
  constructor(maxMessageBytes: number) {
    this.#size = maxMessageBytes;
  }

  /** What is kept in both. */
  get used(): number {
    return this.#shared + (this.#holder?.reserve ?? 0);
  }

  /** A message has begun. */
  claim(claimant: Claimant): Claim {
    const claim: Claim = { shared: 0, reserve: 0, claimant };
    this.#unfinished.add(claim);
    return claim;
  }

  /** Takes room for `bytes` bytes of an unfinished message; false when there is none now. */
  take(claim: Claim, bytes: number): boolean {
    if (this.#holder !== claim && this.#shared + bytes <= this.#size) {
      this.#shared += bytes;
      claim.shared += bytes;
      return true;
    }
    if (this.#holder === undefined && this.#isOldest(claim)) this.#holder = claim;
    if (this.#holder === claim) {
      // No message is larger than the reserve, so what is left of this one fits.
      claim.reserve += bytes;
      return true;
    }
    this.#refused.add(claim);
    return false;
  }

  /** The message is complete: it needs no more, and another one is the oldest unfinished. */
  finish(claim: Claim): void {
    this.#unfinished.delete(claim);
    this.#refused.delete(claim);
    this.#retryRefused();
  }

  /** The message was dispatched, or will never be: its room is free. */
  release(claim: Claim): void {
    this.#unfinished.delete(claim);
    this.#refused.delete(claim);
    this.#shared -= claim.shared;
    if (this.#holder === claim) this.#holder = undefined;
    claim.shared = 0;
    claim.reserve = 0;
    this.#retryRefused();
  }

  #isOldest(claim: Claim): boolean {
    for (const oldest of this.#unfinished) return oldest === claim;
    return false;
  }

  #retryRefused(): void {
    if (this.#refused.size === 0) return;
    const refused = [...this.#refused];
    this.#refused.clear();
    // The oldest first: it may hold the reserve.
    for (const claim of this.#unfinished) if (refused.includes(claim)) claim.claimant.retry();
  }
}
