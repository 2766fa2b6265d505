// Notices a peer that accepts nothing while bytes wait for it. RELIABILITY §5.2 slowConsumerTimeout, V-22. A pipe reports
// progress only when a whole write is accepted, so bytes in flight earn time at a rate of 16 KiB/s: a large message on a
// slow line is not a stall. Pure.

const BYTES_PER_MS = (16 * 1024) / 1000;

export class Stall {
  readonly #timeoutMs: number;
  #pendingBytes = 0;
  deadline: number = Infinity;

  /** `timeoutMs` of 0 never judges. */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /**
   * More is about to be handed over, behind so many bytes that were and are not accepted yet. Without any, what follows has its own
   * time: a pipe does not tell when a few bytes were accepted.
   */
  begin(handedBytes: number, now: number): void {
    if (handedBytes === 0) this.progress(0, now);
  }

  /** So many bytes wait now. Fewer than before is progress; more is not. */
  progress(pendingBytes: number, now: number): void {
    const before = this.#pendingBytes;
    this.#pendingBytes = pendingBytes;
    if (this.#timeoutMs === 0 || pendingBytes === 0) {
      this.deadline = Infinity;
    } else if (this.deadline === Infinity || pendingBytes < before) {
      this.deadline = now + this.#timeoutMs + pendingBytes / BYTES_PER_MS;
    }
  }

  /** Whether the peer is given up. A pipe tells that it has room to whoever waits for room; for a few bytes nobody does. */
  isDue(pendingBytes: number, now: number): boolean {
    this.progress(pendingBytes, now);
    return now >= this.deadline;
  }

  reset(): void {
    this.#pendingBytes = 0;
    this.deadline = Infinity;
  }
}
