// When an ACK is owed on one transport (wire/session-v1 §2, "Acknowledging"): after so many packets or bytes, or some time
// after the first of them, or at once when the ACK has something else to say. Made with the first packet that one is owed for,
// and let go with the ACK: most transports owe none most of the time. Sends nothing itself.

import type { AckPace } from "./settings.ts";

export class Acknowledger {
  readonly #pace: AckPace;
  #packets = 0;
  #bytes = 0;
  #dueAt: number | undefined;
  #forced = false;

  constructor(pace: AckPace) {
    this.#pace = pace;
  }

  /** Whether it is time, apart from the clock. */
  get isDue(): boolean {
    return this.#forced || this.#packets >= this.#pace.packets || this.#bytes >= this.#pace.bytes;
  }

  /** Whether anything is owed: what goes out anyway can take the ACK along. */
  get isOwed(): boolean {
    return this.#forced || this.#packets > 0;
  }

  /** When the ACK goes out by itself; Infinity when nothing is owed. */
  get dueAt(): number {
    return this.#dueAt ?? Infinity;
  }

  /** One packet of so many bytes was taken over. True: an ACK has become due at a time. */
  add(bytes: number, now: number): boolean {
    this.#packets++;
    this.#bytes += bytes;
    if (this.#dueAt !== undefined || this.#forced) return false;
    this.#dueAt = now + this.#pace.delayMs;
    return true;
  }

  /** The next ACK is due whatever is owed: it confirms, it corrects, or the last one may be lost. */
  force(): void {
    this.#forced = true;
    this.#dueAt = undefined;
  }
}
